import fc from 'fast-check';
import {
  isPaid,
  isTouched,
  openItems,
  type DirectedPayment,
  type StatementItem,
} from '../../../src/payments/rules/open-items.js';

const charges = (...amounts: [bigint, bigint][]): StatementItem[] =>
  amounts.map(([a, b], index) => ({ statementId: `s${index + 1}`, charged: { A: a, B: b } }));

function openOfA(items: StatementItem[], stillOwed: bigint, directed: DirectedPayment[] = []): bigint[] {
  return openItems(items, { A: stillOwed, B: 0n }, directed).map(({ open }) => open.A);
}

describe('openItems', () => {
  const three = charges([100n, 0n], [50n, 0n], [70n, 0n]);
  test.each<[string, bigint, DirectedPayment[], bigint[]]>([
    ['nothing paid', 220n, [], [100n, 50n, 70n]],
    ['the oldest first', 90n, [], [0n, 20n, 70n]],
    ['all', 0n, [], [0n, 0n, 0n]],
    ['more than all: a credit balance', -30n, [], [0n, 0n, 0n]],
    ['as told', 170n, [{ payer: 'A', amount: 50n, statementIds: ['s2'] }], [100n, 0n, 70n]],
    [
      'as told, in that order, and what is left to the oldest',
      70n,
      [{ payer: 'A', amount: 150n, statementIds: ['s3', 's2'] }],
      [70n, 0n, 0n],
    ],
    ['one told and one not', 110n, [{ payer: 'A', amount: 70n, statementIds: ['s3'] }], [60n, 50n, 0n]],
    ['told by the other side', 170n, [{ payer: 'B', amount: 50n, statementIds: ['s2'] }], [50n, 50n, 70n]],
    ['told to what is void', 170n, [{ payer: 'A', amount: 50n, statementIds: ['gone'] }], [50n, 50n, 70n]],
  ])('%s', (_, stillOwed, directed, open) => {
    expect(openOfA(three, stillOwed, directed)).toEqual(open);
  });

  test('a charge below 0 pays the oldest, and is open while it has nothing to pay', () => {
    // 100 and -20 are charged; the ledger says 80 are owed, of which nothing was paid.
    const items = charges([100n, 0n], [-20n, 0n]);
    expect(openOfA(items, 80n)).toEqual([80n, 0n]);
    expect(openOfA(items, 0n)).toEqual([0n, 0n]);
    // All 100 were paid before the 20 were given back: these are A's to get back, or to pay with later.
    expect(openOfA(items, -20n)).toEqual([0n, -20n]);
    expect(openOfA([...items, ...charges([5n, 0n])], -15n)).toEqual([0n, -15n, 0n]);
    // What was paid too much beyond that is of no statement.
    expect(openOfA(charges([100n, 0n], [-20n, 0n], [-3n, 0n]), -40n)).toEqual([0n, -20n, -3n]);
    expect(openOfA(charges([100n, 0n], [-20n, 0n], [-3n, 0n]), -5n)).toEqual([0n, -2n, -3n]);
  });

  test('whatever is paid: nothing beyond the charge, and all of the money is used', () => {
    const anyItem = fc.tuple(fc.bigInt({ min: -50n, max: 100n }), fc.constant(0n));
    const anyDirected = fc.record({
      payer: fc.constantFrom('A' as const, 'B' as const),
      amount: fc.bigInt({ min: 1n, max: 200n }),
      statementIds: fc.uniqueArray(fc.constantFrom('s1', 's2', 's3', 's4')),
    });
    fc.assert(
      fc.property(
        fc.array(anyItem, { maxLength: 5 }),
        fc.bigInt({ min: 0n, max: 500n }),
        fc.array(anyDirected, { maxLength: 3 }),
        (amounts, paid, directed) => {
          const items = charges(...(amounts as [bigint, bigint][]));
          const sum = items.reduce((total, { charged }) => total + charged.A, 0n);
          const open = openItems(items, { A: sum - paid, B: 0n }, directed);
          for (const { charged, open: left } of open) {
            const [low, high] = charged.A > 0n ? [0n, charged.A] : [charged.A, 0n];
            expect(left.A >= low && left.A <= high).toBe(true);
          }
          const positive = items.reduce((total, { charged: { A } }) => total + (A > 0n ? A : 0n), 0n);
          const left = open.reduce((total, each) => total + (each.open.A > 0n ? each.open.A : 0n), 0n);
          const funds = paid + positive - sum;
          expect(left).toBe(funds > positive ? 0n : positive - funds);
        },
      ),
    );
  });
});

describe('what is paid', () => {
  const item = (a: bigint, b: bigint, openA: bigint, openB: bigint) => ({
    statementId: 's1',
    charged: { A: a, B: b },
    open: { A: openA, B: openB },
  });
  test.each([
    ['one side', item(10n, 0n, 0n, 0n), true, true],
    ['both sides', item(10n, 3n, 0n, 0n), true, true],
    ['one of both', item(10n, 3n, 0n, 3n), false, true],
    ['in part', item(10n, 0n, 4n, 0n), false, true],
    ['not at all', item(10n, 0n, 10n, 0n), false, false],
    ['nothing charged', item(0n, 0n, 0n, 0n), false, false],
    ['a charge below 0 that paid others', item(-5n, 0n, 0n, 0n), true, true],
    ['a charge below 0 that paid nothing yet', item(-5n, 0n, -5n, 0n), false, false],
  ])('%s', (_, which, paid, touched) => {
    expect([isPaid(which), isTouched(which)]).toEqual([paid, touched]);
  });
});
