import fc from 'fast-check';
import { creditsOfParty, type CustomerUsage } from '../../../src/settlement/rules/credits-of-party.js';
import { laterCredits, type CreditedClaim } from '../../../src/settlement/rules/later-credits.js';

const GB = 10n ** 9n;

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

function credited(of: CustomerUsage, amount: bigint | null, firstId: string | null = 'first'): CreditedClaim {
  return { ...of, amount, firstId };
}

const T = (aToB: bigint) => ({ aToB, bToA: 0n });

test('with nothing credited before it is what a first issue credits', () => {
  const bytes = fc.bigInt({ min: 0n, max: 1000n * GB });
  const claim = fc
    .tuple(fc.constantFrom(null, 'a', 'b', 'c'), bytes, fc.constantFrom(null, '0.1', '0.37'), fc.nat(2))
    .map(([customer, count, unitPrice, from]) => usage(customer, count, { unitPrice, priceFrom: from }));
  fc.assert(
    fc.property(
      fc.uniqueArray(claim, { selector: (c) => `${c.customer} ${c.unitPrice} ${c.priceFrom}` }),
      bytes,
      (claims, zeroRated) => {
        const first = creditsOfParty('A', T(zeroRated), claims, 'USD');
        const later = laterCredits('A', T(zeroRated), claims, [], 'USD');
        expect(later.credits.map(({ refersTo: _, ...credit }) => credit)).toEqual(first.credits);
        expect(later.withoutCustomer).toEqual(first.withoutCustomer);
      },
    ),
  );
});

test('what was lowered is kept as far as it is still reported; the rest goes to what is not credited yet', () => {
  const was = [credited(usage('a', 25n * GB), 550n, 'id-a'), credited(usage('b', 25n * GB), 550n, 'id-b')];
  const now = [usage('a', 40n * GB), usage('b', 5n * GB), usage('c', 20n * GB)];
  const { credits } = laterCredits('A', T(50n * GB), now, was, 'USD');
  // 20 GB are left for 15 GB of a and 20 GB of c.
  expect(credits.map(({ customer, bytes, amount, refersTo }) => [customer, bytes, amount, refersTo])).toEqual(
    [
      ['a', 8_571_428_571n, 189n, 'id-a'],
      ['b', -20n * GB, -440n, 'id-b'],
      ['c', 11_428_571_429n, 251n, null],
    ],
  );
});

test('a customer keeps its credit when the zero-rated bytes fall but not its own', () => {
  const was = [credited(usage('a', 10n * GB), 220n)];
  expect(laterCredits('A', T(4n * GB), [usage('a', 10n * GB)], was, 'USD')).toEqual({
    credits: [],
    withoutCustomer: [],
  });
});

test('what had no price is credited at the price it has now, to the same customer', () => {
  const free = { unitPrice: null, priceFrom: null };
  const was = [
    credited(usage('a', 5n * GB, free), null, 'id-a'),
    credited(usage('b', 5n * GB), 110n, 'id-b'),
  ];
  const now = [usage('a', 10n * GB), usage('b', 10n * GB)];
  const { credits } = laterCredits('A', T(10n * GB), now, was, 'USD');
  expect(
    credits.map(({ customer, bytes, unitPrice, amount, refersTo }) => [
      customer,
      bytes,
      unitPrice,
      amount,
      refersTo,
    ]),
  ).toEqual([
    ['a', -5n * GB, null, null, 'id-a'],
    ['a', 5n * GB, '0.22', 110n, 'id-a'],
  ]);
});

test('bytes without a customer keep the share that they took', () => {
  const was = [credited(usage(null, 5n * GB), null, null), credited(usage('a', 5n * GB), 110n)];
  const now = [usage(null, 10n * GB), usage('a', 10n * GB), usage('b', 10n * GB)];
  const { credits, withoutCustomer } = laterCredits('A', T(16n * GB), now, was, 'USD');
  expect(withoutCustomer.map(({ bytes }) => bytes)).toEqual([1_500_000_000n]);
  expect(credits.map(({ customer, bytes }) => [customer, bytes])).toEqual([
    ['a', 1_500_000_000n],
    ['b', 3_000_000_000n],
  ]);
});

test('over any history: nobody is credited more than reported, nobody loses but by its own bytes', () => {
  const claims = fc
    .record({
      a: fc.bigInt({ min: 0n, max: 50n }),
      b: fc.bigInt({ min: 0n, max: 50n }),
      none: fc.bigInt({ min: 0n, max: 50n }),
    })
    .map(({ a, b, none }) => [usage('a', a), usage('b', b), usage(null, none)]);
  const month = fc.tuple(claims, fc.bigInt({ min: 0n, max: 120n }));
  fc.assert(
    fc.property(fc.array(month, { minLength: 2, maxLength: 5 }), (months) => {
      let given = new Map<string | null, CreditedClaim>();
      let reportedBefore = new Map<string | null, bigint>();
      for (const [now, zeroRated] of months) {
        const change = laterCredits('A', T(zeroRated), now, [...given.values()], 'USD');
        const after = new Map(given);
        for (const { bytes, amount, customer } of [
          ...change.credits,
          ...change.withoutCustomer.map((share) => ({ ...share, amount: null })),
        ]) {
          const before = after.get(customer);
          after.set(customer, {
            ...credited(usage(customer, (before?.bytes ?? 0n) + bytes), null),
            amount: customer === null ? null : (before?.amount ?? 0n) + (amount ?? 0n),
            firstId: customer === null ? null : 'first',
          });
        }
        const reported = new Map(now.map(({ customer, bytes }) => [customer, bytes]));
        let total = 0n;
        for (const [customer, { bytes }] of after) {
          total += bytes;
          expect(bytes).toBeLessThanOrEqual(reported.get(customer)!);
          const fell = bytes < (given.get(customer)?.bytes ?? 0n);
          if (fell) expect(reported.get(customer)!).toBeLessThan(reportedBefore.get(customer)!);
        }
        const all = [...reported.values()].reduce((sum, bytes) => sum + bytes, 0n);
        expect(total).toBeGreaterThanOrEqual(all < zeroRated ? all : zeroRated);
        given = after;
        reportedBefore = reported;
      }
    }),
  );
});
