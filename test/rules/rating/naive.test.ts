import fc from 'fast-check';
import {
  creditAmount,
  rate,
  shareCredits,
  type CreditClaim,
  type RatedTerms,
} from '../../../src/rating/index.js';
import { decimal, naiveCharges, naiveShares, naiveZeroRated } from './naive.js';

const unit = fc.constantFrom('GB' as const, 'TB' as const, 'GiB' as const, 'TiB' as const);
const currency = fc.constantFrom('JPY', 'USD', 'BHD', 'CLF');
const side = fc.constantFrom('A' as const, 'B' as const);
const payer = fc.constantFrom('sender' as const, 'receiver' as const);

/** A decimal text of at most so many decimals. */
function decimals(max: number, places: number): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(max), fc.integer({ min: 0, max: places }), fc.nat(10 ** places - 1))
    .map(([whole, n, digits]) => {
      const text = String(digits).padStart(places, '0').slice(0, n);
      return n === 0 ? String(whole) : `${whole}.${text}`;
    });
}

/** No more decimals than any of the currencies has. */
const money = fc.nat(9_999).map(String);
const price = decimals(50, 8);
const bytes = fc.oneof(
  fc.bigInt(0n, 200_000n * 10n ** 9n),
  fc.bigInt(0n, 2n ** 70n),
  fc.nat(300).map((n) => BigInt(n) * 10n ** 9n),
  fc.nat(300).map((n) => BigInt(n) * 2n ** 30n + 1n),
  fc.constant(0n),
);

/** Tiers whose widths may be fractions of a byte. */
const tiers = fc
  .tuple(
    fc.array(fc.tuple(fc.integer({ min: 1, max: 10 ** 6 }), fc.constantFrom(0, 1, 3, 12)), { maxLength: 4 }),
    fc.infiniteStream(fc.tuple(price, fc.option(money, { nil: undefined }))),
  )
  .map(([widths, stream]) => {
    let bound = 0n;
    const bounds = widths.map(([width, places]) => {
      bound += BigInt(width) * 10n ** BigInt(12 - places);
      const text = String(bound).padStart(13, '0');
      return `${text.slice(0, -12)}.${text.slice(-12)}`;
    });
    return [...bounds, null].map((upTo) => {
      const [unitPrice, flatFee] = stream.next().value!;
      return { upTo, unitPrice, ...(flatFee !== undefined && { flatFee }) };
    });
  });

const pricing = {
  none: fc.constant({ model: 'none' as const }),
  linear: fc.record({ model: fc.constant('linear' as const), unit, payer, unitPrice: price }),
  graduated: fc.record({ model: fc.constant('graduated' as const), unit, payer, tiers }),
  volume: fc.record({ model: fc.constant('volume' as const), unit, payer, tiers }),
};
const limits = { sourceRegions: [], destinationRegions: [], services: [] };
const zeroRating = fc.oneof(
  fc.constant({ kind: 'none' as const }),
  fc.constant({ kind: 'all' as const, ...limits }),
  fc.record({ quantity: decimals(100_000, 12), unit }).map((allowance) => ({
    kind: 'allowance' as const,
    ...allowance,
    ...limits,
  })),
);
const ratioExcess = fc.record({ ratio: decimals(3, 4), unitPrice: price, unit });
const percentile = fc.record({
  basis: fc.constantFrom('aToB' as const, 'bToA' as const, 'max_of_directions' as const),
  commitMbps: decimals(2_000, 6),
  commitPrice: price,
  overagePrice: price,
  payer: side,
});
const commitments = fc.uniqueArray(fc.record({ party: side, amount: money }), {
  selector: ({ party }) => party,
  maxLength: 2,
});
const samples = fc.array(
  fc.record({ bytes: fc.bigInt(0n, 10n ** 11n), duration_s: fc.constantFrom(300, 300, 300, 60) }),
  { minLength: 1, maxLength: 45 },
);
const flow = (model: keyof typeof pricing) =>
  fc.record({ zeroRating, pricing: pricing[model] as fc.Arbitrary<any> });
const anyFlow = fc.oneof(flow('none'), flow('linear'), flow('graduated'), flow('volume'));
const usage = fc
  .record({
    settledBytes: fc.record({ aToB: bytes, bToA: bytes }),
    outside: fc.record({ aToB: fc.nat(100), bToA: fc.nat(100) }),
    samples: fc.record({ aToB: samples, bToA: samples }),
  })
  .map(({ settledBytes, outside, samples: both }) => ({
    settledBytes,
    zeroRatableBytes: {
      aToB: (settledBytes.aToB * BigInt(outside.aToB)) / 100n,
      bToA: (settledBytes.bToA * BigInt(outside.bToA)) / 100n,
    },
    samples: both,
  }));
const free = fc.constant({ zeroRating: { kind: 'none' }, pricing: { model: 'none' } });

/** Whatever the terms are, the lines are those of the second computation, in the stated order. */
function agree(terms: fc.Arbitrary<any>): void {
  const KINDS = 'usage flat_fee ratio_excess percentile_commit percentile_overage true_up'.split(' ');
  fc.assert(
    fc.property(terms, usage, currency, (given: RatedTerms, used, code) => {
      const rating = rate(given, used, code);
      const expected = naiveCharges(given, used, code);
      const rank = ([kind, flowOf, tier, by]: readonly unknown[]): string =>
        [KINDS.indexOf(kind as string), flowOf ?? 'none', tier ?? 0, by].join(' ');
      const sorted = expected.sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
      expect(
        rating.lines.map((line) => [line.kind, line.direction, line.tier, line.payer, line.amount]),
      ).toEqual(sorted);
      const paidBy = (party: string) =>
        expected.reduce((sum, [, , , by, amount]) => (by === party ? sum + amount : sum), 0n);
      expect([rating.payableByA, rating.payableByB]).toEqual([paidBy('A'), paidBy('B')]);
      for (const each of ['aToB', 'bToA'] as const) {
        const zero = naiveZeroRated(given.directions[each].zeroRating, used.zeroRatableBytes[each]);
        expect(rating.zeroRatedBytes[each]).toBe(zero);
        const priced = rating.lines.filter(({ kind, direction: of }) => kind === 'usage' && of === each);
        const charged = priced.reduce((sum, line) => sum + line.bytes!, 0n);
        const model = given.directions[each].pricing.model;
        expect(charged).toBe(model === 'none' ? 0n : used.settledBytes[each] - zero);
      }
    }),
  );
}

describe('agrees with a second computation in exact fractions', () => {
  test.each(['linear', 'graduated', 'volume'] as const)('%s', (model) => {
    agree(
      fc.record({
        directions: fc.record({ aToB: flow(model), bToA: flow(model) }),
        commitments: fc.constant([]),
      }),
    );
  });

  test('ratio excess', () => {
    agree(
      fc.record({
        directions: fc.record({ aToB: free, bToA: free }),
        ratioExcess,
        commitments: fc.constant([]),
      }),
    );
  });

  test('95th percentile', () => {
    agree(
      fc.record({
        directions: fc.record({ aToB: free, bToA: free }),
        percentile,
        commitments: fc.constant([]),
      }),
    );
  });

  test('commitments', () => {
    agree(fc.record({ directions: fc.record({ aToB: flow('linear'), bToA: flow('linear') }), commitments }));
  });

  test('everything together', () => {
    agree(
      fc.record({
        directions: fc.record({ aToB: anyFlow, bToA: anyFlow }),
        ratioExcess,
        percentile,
        commitments,
      }),
    );
  });
});

test('credits: shares and amounts agree with handing out byte after byte', () => {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 3 });
  const claims = fc.uniqueArray(
    fc.record({
      customer: fc.option(text),
      bytes: fc.oneof(fc.bigInt(0n, 12n), fc.bigInt(0n, 2n ** 66n)),
      unitPrice: fc.option(price),
      unit,
    }),
    { selector: ({ customer }) => customer, maxLength: 12 },
  );
  const zeroRated = fc.oneof(fc.bigInt(0n, 60n), fc.bigInt(0n, 2n ** 68n));
  fc.assert(
    fc.property(claims, zeroRated, currency, (given, zero, code) => {
      const all = given.map((claim): CreditClaim => ({ ...claim, priceFrom: 0, region: null }));
      const ordered = [...all].sort((a, b) =>
        a.customer === null || b.customer === null
          ? Number(b.customer === null) - Number(a.customer === null)
          : Buffer.compare(Buffer.from(a.customer), Buffer.from(b.customer)),
      );
      const expected = naiveShares(
        zero,
        ordered.map((claim) => claim.bytes),
      );
      const shares = shareCredits(zero, all);
      expect(shares.map(({ claim, bytes: share }) => [claim.customer, share])).toEqual(
        ordered.map(({ customer }, i) => [customer, expected[i]]),
      );
      for (const { claim, bytes: share, outcome } of shares) {
        const priced = claim.unitPrice === null ? 'unpriced' : 'credit';
        expect(outcome).toBe(claim.customer === null ? 'no_customer' : priced);
        if (claim.unitPrice === null) continue;
        const pricing = { model: 'linear', unit: claim.unit, payer: 'sender', unitPrice: claim.unitPrice };
        const [charge] = naiveCharges(
          { directions: { aToB: { zeroRating: { kind: 'none' }, pricing }, bToA: FREE }, commitments: [] },
          { settledBytes: { aToB: share, bToA: 0n }, zeroRatableBytes: { aToB: 0n, bToA: 0n } },
          code,
        );
        expect(creditAmount(share, claim.unit, claim.unitPrice, code)).toBe(charge?.[4] ?? 0n);
      }
    }),
  );
});

const FREE = { zeroRating: { kind: 'none' }, pricing: { model: 'none' } };

test('the second computation itself: worked examples', () => {
  const tiered = { unit: 'GB', payer: 'sender', tiers: [] as object[] };
  tiered.tiers = [
    { upTo: '100000', unitPrice: '0.02' },
    { upTo: null, unitPrice: '0.015' },
  ];
  const amounts = (model: string): bigint[] =>
    naiveCharges(
      {
        directions: { aToB: { zeroRating: { kind: 'none' }, pricing: { ...tiered, model } }, bToA: FREE },
        commitments: [{ party: 'A', amount: '2400' }],
      },
      {
        settledBytes: { aToB: 120_000n * 10n ** 9n, bToA: 0n },
        zeroRatableBytes: { aToB: 0n, bToA: 0n },
      },
      'USD',
    ).map((charge) => charge[4]);
  expect(amounts('graduated')).toEqual([200_000n, 30_000n, 10_000n]);
  expect(amounts('volume')).toEqual([180_000n, 60_000n]);
  expect(decimal('0.250')).toEqual([1n, 4n]);
});
