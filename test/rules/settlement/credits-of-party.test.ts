import fc from 'fast-check';
import {
  creditsOfParty as givenBy,
  type Credit,
  type CustomerUsage,
} from '../../../src/settlement/rules/credits-of-party.js';

function creditsOfParty(...given: Parameters<typeof givenBy>): Credit[] {
  return givenBy(...given).credits;
}

function usage(customer: string | null, bytes: bigint, more: Partial<CustomerUsage> = {}): CustomerUsage {
  return {
    direction: 'aToB',
    customer,
    bytes,
    priceFrom: Date.UTC(2026, 0, 1),
    region: null,
    unit: 'GB',
    unitPrice: '0.22',
    ...more,
  };
}

const ALL = { aToB: 2n ** 80n, bToA: 2n ** 80n };
const FOUNDING = 10n ** 13n;

describe('the founding case: A sends B 10^13 bytes, all zero-rated', () => {
  test.each([
    ['A', 'egress', 'GB', '0.22', 220_000n],
    ['B', 'ingress', 'GB', '0.15', 150_000n],
    ['A', 'egress', 'GiB', '0.22', 204_891n],
    ['B', 'ingress', 'GiB', '0.15', 139_698n],
  ] as const)('%s credits its %s by the %s at %s', (party, side, unit, unitPrice, amount) => {
    const zeroRated = { aToB: FOUNDING, bToA: 0n };
    const credits = creditsOfParty(party, zeroRated, [usage('acme', FOUNDING, { unit, unitPrice })], 'USD');
    expect(credits).toEqual([
      {
        customer: 'acme',
        direction: 'aToB',
        side,
        bytes: FOUNDING,
        unit,
        unitPrice,
        priceFrom: Date.UTC(2026, 0, 1),
        region: null,
        amount,
      },
    ]);
  });

  test('whatever A credits, B credits too: neither sets off the other', () => {
    const zeroRated = { aToB: FOUNDING, bToA: 0n };
    const a = creditsOfParty('A', zeroRated, [usage('acme', FOUNDING)], 'USD');
    const b = creditsOfParty('B', zeroRated, [usage('other', FOUNDING, { unitPrice: '0.15' })], 'USD');
    expect(a[0]!.amount! + b[0]!.amount!).toBe(370_000n);
  });
});

test.each([
  ['A', 'aToB', 'egress'],
  ['A', 'bToA', 'ingress'],
  ['B', 'aToB', 'ingress'],
  ['B', 'bToA', 'egress'],
] as const)('%s is charged for %s at its %s', (party, direction, side) => {
  const credits = creditsOfParty(party, ALL, [usage('acme', 10n ** 9n, { direction })], 'USD');
  expect(credits).toMatchObject([{ direction, side, amount: 22n }]);
});

test('each direction has its own zero-rated bytes', () => {
  const both = [usage('acme', 10n), usage('acme', 10n, { direction: 'bToA' })];
  const credits = creditsOfParty('A', { aToB: 4n, bToA: 9n }, both, 'USD');
  expect(credits.map(({ direction, bytes }) => [direction, bytes])).toEqual([
    ['aToB', 4n],
    ['bToA', 9n],
  ]);
});

describe('T = min(R, Z)', () => {
  test.each<[string, bigint, bigint[], bigint[]]>([
    ['reported less than zero-rated', 100n, [30n, 20n], [30n, 20n]],
    ['reported as much as zero-rated', 50n, [30n, 20n], [30n, 20n]],
    ['reported more than zero-rated', 25n, [30n, 20n], [15n, 10n]],
    ['the larger remainder first', 1n, [30n, 31n], [0n, 1n]],
    ['ties to the customer that comes first', 1n, [30n, 30n], [1n, 0n]],
    ['nothing zero-rated', 0n, [30n, 20n], [0n, 0n]],
  ])('%s', (_name, aToB, reported, expected) => {
    const claims = reported.map((bytes, i) => usage('ab'[i]!, bytes));
    const credits = creditsOfParty('A', { aToB, bToA: 0n }, [...claims].reverse(), 'USD');
    const byCustomer = new Map(credits.map(({ customer, bytes }) => [customer, bytes]));
    expect([...'ab'].map((customer) => byCustomer.get(customer) ?? 0n)).toEqual(expected);
    expect(credits.every(({ bytes }) => bytes > 0n)).toBe(true);
  });
});

test('bytes without a customer take their share and yield no credit', () => {
  const credits = creditsOfParty('A', { aToB: 10n, bToA: 0n }, [usage('acme', 10n), usage(null, 10n)], 'USD');
  expect(credits).toMatchObject([{ customer: 'acme', bytes: 5n }]);
  expect(creditsOfParty('A', { aToB: 1n, bToA: 0n }, [usage('acme', 5n), usage(null, 5n)], 'USD')).toEqual(
    [],
  );
});

test('bytes without a price take their share, are listed, and hold up nothing', () => {
  const unpriced = usage('zeta', 10n ** 10n, { unitPrice: null, priceFrom: null });
  const credits = creditsOfParty(
    'A',
    { aToB: 10n ** 10n, bToA: 0n },
    [usage('acme', 10n ** 10n), unpriced],
    'USD',
  );
  expect(credits).toMatchObject([
    { customer: 'acme', bytes: 5n * 10n ** 9n, unitPrice: '0.22', amount: 110n },
    { customer: 'zeta', bytes: 5n * 10n ** 9n, unitPrice: null, priceFrom: null, amount: null },
  ]);
});

test('who was charged less than the list price is credited no more than that', () => {
  const claims = [
    usage('acme', FOUNDING, { unitPrice: '0.22' }),
    usage('acme', FOUNDING, { unitPrice: '0.10' }),
    usage('free', FOUNDING, { unitPrice: '0' }),
  ];
  expect(creditsOfParty('A', ALL, claims, 'USD').map(({ unitPrice, amount }) => [unitPrice, amount])).toEqual(
    [
      ['0.10', 100_000n],
      ['0.22', 220_000n],
      ['0', 0n],
    ],
  );
});

test('each customer, direction and price is one credit, rounded once', () => {
  // 0.335 of a cent's hundred: three customers get 0.34 each, and one that sent it all gets 1.01.
  const bytes = 335n * 10n ** 6n;
  const three = ['a', 'b', 'c'].map((customer) => usage(customer, bytes, { unitPrice: '1' }));
  expect(creditsOfParty('A', ALL, three, 'USD').map(({ amount }) => amount)).toEqual([34n, 34n, 34n]);
  expect(creditsOfParty('A', ALL, [usage('a', 3n * bytes, { unitPrice: '1' })], 'USD')[0]!.amount).toBe(101n);
});

test.each([
  ['JPY', 2n],
  ['USD', 220n],
  ['BHD', 2_200n],
])('amounts are in the minor units of %s, the billing currency', (currency, amount) => {
  expect(creditsOfParty('A', ALL, [usage('acme', 10n ** 10n)], currency)[0]!.amount).toBe(amount);
});

test('the order is that of direction, customer by its bytes, price start and region', () => {
  const later = Date.UTC(2026, 9, 5);
  const ordered = [
    usage('Z', 1n),
    usage('a', 1n),
    usage('a', 1n, { region: 'eu' }),
    usage('a', 1n, { priceFrom: later }),
    usage('b', 1n, { priceFrom: null, unitPrice: null }),
    usage('a', 1n, { direction: 'bToA' }),
  ];
  const shown = (list: CustomerUsage[]) =>
    creditsOfParty('A', ALL, list, 'USD').map(({ customer, priceFrom, region, direction }) => {
      return { customer, priceFrom, region, direction };
    });
  const expected = ordered.map(({ customer, priceFrom, region, direction }) => {
    return { customer, priceFrom, region, direction };
  });
  expect(shown(ordered)).toEqual(expected);
  expect(shown([...ordered].reverse())).toEqual(expected);
});

test('parts sum to T, nobody gets more than was reported, and no credit is above what was charged', () => {
  const claim = fc.record({
    customer: fc.option(fc.constantFrom('a', 'b', 'c', 'd')),
    bytes: fc.bigInt(0n, 10n ** 15n),
    unitPrice: fc.option(fc.constantFrom('0', '0.05', '0.22', '1.999999999999')),
    priceFrom: fc.integer({ min: 1, max: 9 }),
    direction: fc.constantFrom('aToB' as const, 'bToA' as const),
  });
  const distinct = fc.uniqueArray(claim, {
    selector: ({ customer, priceFrom, direction }) => JSON.stringify([customer, priceFrom, direction]),
    maxLength: 20,
  });
  fc.assert(
    fc.property(distinct, fc.bigInt(0n, 10n ** 16n), (specs, zeroRated) => {
      const claims = specs.map(({ customer, bytes, ...more }) => usage(customer, bytes, more));
      const credits = creditsOfParty('B', { aToB: zeroRated, bToA: 0n }, claims, 'USD');
      const own = claims.filter(({ direction }) => direction === 'aToB');
      const reported = own.reduce((sum, { bytes }) => sum + bytes, 0n);
      const target = reported < zeroRated ? reported : zeroRated;
      const credited = credits.reduce((sum, { bytes }) => sum + bytes, 0n);
      const nobodys = own.reduce((sum, { customer, bytes }) => sum + (customer === null ? bytes : 0n), 0n);
      // What is missing went to bytes without a customer, pro rata up to one byte a claim.
      const missing = target - credited;
      expect(missing >= 0n && missing <= nobodys).toBe(true);
      if (nobodys === 0n) expect(missing).toBe(0n);
      for (const { customer, priceFrom, bytes, unitPrice, amount } of credits) {
        const of = own.find((each) => each.customer === customer && each.priceFrom === priceFrom)!;
        expect(bytes > 0n && bytes <= of.bytes).toBe(true);
        if (unitPrice === null) expect(amount).toBeNull();
        else {
          // |amount - bytes * price| <= half a cent, in integers: a price has at most 12 decimals.
          const [whole = '', decimals = ''] = unitPrice.split('.');
          const price = BigInt(whole + decimals.padEnd(12, '0'));
          const off = amount! * 10n ** 19n - bytes * price;
          expect(2n * (off < 0n ? -off : off) <= 10n ** 19n).toBe(true);
        }
      }
    }),
  );
});
