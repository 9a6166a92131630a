import fc from 'fast-check';
import type { DirectionTerms, Pricing, ZeroRating } from '../../../src/agreements/index.js';
import { compareLines, rate, type RatedTerms, type RatedUsage } from '../../../src/rating/index.js';

const GB = 10n ** 9n;
const NO_LIMITS = { sourceRegions: [], destinationRegions: [], services: [] };
const FREE: DirectionTerms = { zeroRating: { kind: 'none' }, pricing: { model: 'none' } };
const ALL: ZeroRating = { kind: 'all', ...NO_LIMITS };

function linear(unitPrice: string): Pricing {
  return { model: 'linear', unit: 'GB', payer: 'sender', unitPrice };
}

function bilateral(aToB: DirectionTerms, bToA: DirectionTerms = FREE): RatedTerms {
  return { directions: { aToB, bToA }, commitments: [] };
}

/** Settled bytes, all of them inside the zero-rating's limits. */
function settled(aToB: bigint, bToA = 0n): RatedUsage {
  return { settledBytes: { aToB, bToA }, zeroRatableBytes: { aToB, bToA } };
}

test('the founding case: everything zero-rated, nothing between the clouds', () => {
  const terms = bilateral({ zeroRating: ALL, pricing: linear('0.22') });
  expect(rate(terms, settled(10n ** 13n), 'USD')).toEqual({
    zeroRatedBytes: { aToB: 10n ** 13n, bToA: 0n },
    lines: [],
    payableByA: 0n,
    payableByB: 0n,
    net: { amount: 0n, payer: null, payee: null },
  });
});

test('an allowance: 620,000 GB, 500,000 free, .04 each: 4800.00', () => {
  const zeroRating: ZeroRating = { kind: 'allowance', quantity: '500000', unit: 'GB', ...NO_LIMITS };
  const rating = rate(bilateral({ zeroRating, pricing: linear('0.04') }), settled(620_000n * GB), 'USD');
  expect(rating.zeroRatedBytes.aToB).toBe(500_000n * GB);
  expect(rating.lines).toMatchObject([{ kind: 'usage', bytes: 120_000n * GB, amount: 480_000n }]);
  expect(rating.net).toEqual({ amount: 480_000n, payer: 'A', payee: 'B' });
});

test('zero-rated bytes do not move the tier of later ones', () => {
  const zeroRating: ZeroRating = { kind: 'allowance', quantity: '50000', unit: 'GB', ...NO_LIMITS };
  const tiers = [
    { upTo: '100000', unitPrice: '0.02' },
    { upTo: null, unitPrice: '0.015' },
  ];
  const volume: Pricing = { model: 'volume', unit: 'GB', payer: 'sender', tiers };
  const graduated: Pricing = { ...volume, model: 'graduated' };
  for (const pricing of [volume, graduated]) {
    const { lines } = rate(bilateral({ zeroRating, pricing }), settled(150_000n * GB), 'USD');
    expect(lines).toMatchObject([{ tier: 1, bytes: 100_000n * GB, amount: 200_000n }]);
  }
});

test('only bytes inside the limits are zero-rated', () => {
  const usage: RatedUsage = {
    settledBytes: { aToB: 10n * GB, bToA: 0n },
    zeroRatableBytes: { aToB: 4n * GB, bToA: 0n },
  };
  const rating = rate(bilateral({ zeroRating: ALL, pricing: linear('1') }), usage, 'USD');
  expect(rating.zeroRatedBytes).toEqual({ aToB: 4n * GB, bToA: 0n });
  expect(rating.payableByA).toBe(600n);
});

test('ratio excess counts zero-rated bytes too', () => {
  const terms: RatedTerms = {
    ...bilateral({ zeroRating: ALL, pricing: linear('5') }, { zeroRating: ALL, pricing: linear('5') }),
    ratioExcess: { ratio: '2', unitPrice: '0.01', unit: 'GB' },
  };
  const rating = rate(terms, settled(300_000n * GB, 100_000n * GB), 'USD');
  expect(rating.lines).toMatchObject([{ kind: 'ratio_excess', amount: 100_000n, payer: 'A' }]);
});

test('both parties pay gross, the net is their difference', () => {
  const terms = bilateral(
    { zeroRating: { kind: 'none' }, pricing: linear('0.10') },
    { zeroRating: { kind: 'none' }, pricing: linear('0.30') },
  );
  const rating = rate(terms, settled(100n * GB, 100n * GB), 'USD');
  expect(rating).toMatchObject({ payableByA: 1000n, payableByB: 3000n });
  expect(rating.net).toEqual({ amount: 2000n, payer: 'B', payee: 'A' });
  const even = rate(terms, settled(300n * GB, 100n * GB), 'USD');
  expect(even.net).toEqual({ amount: 0n, payer: null, payee: null });
  expect(even.payableByA).toBe(3000n);
});

test('three lines of 0.335 make 1.02: totals are sums of rounded lines', () => {
  const price = '0.335';
  const terms: RatedTerms = {
    ...bilateral({
      zeroRating: { kind: 'none' },
      pricing: {
        model: 'graduated',
        unit: 'GB',
        payer: 'sender',
        tiers: ['1', '2', null].map((upTo) => ({ upTo, unitPrice: price })),
      },
    }),
  };
  const rating = rate(terms, settled(3n * GB), 'USD');
  expect(rating.lines.map(({ amount }) => amount)).toEqual([34n, 34n, 34n]);
  expect(rating.payableByA).toBe(102n);
});

test('60 TB at 20 a TB, then 40 TB more: the period rated whole rises by 800.00', () => {
  const terms = bilateral({
    zeroRating: { kind: 'none' },
    pricing: { model: 'linear', unit: 'TB', payer: 'sender', unitPrice: '20' },
  });
  const issued = rate(terms, settled(60_000n * GB), 'USD');
  const known = rate(terms, settled(100_000n * GB), 'USD');
  expect(issued.payableByA).toBe(120_000n);
  expect(known.payableByA - issued.payableByA).toBe(80_000n);
});

const EVERYTHING: RatedTerms = {
  directions: {
    aToB: {
      zeroRating: { kind: 'none' },
      pricing: {
        model: 'graduated',
        unit: 'GB',
        payer: 'receiver',
        tiers: [
          { upTo: '10', unitPrice: '1', flatFee: '5' },
          { upTo: null, unitPrice: '2', flatFee: '6' },
        ],
      },
    },
    bToA: {
      zeroRating: { kind: 'none' },
      pricing: {
        model: 'volume',
        unit: 'GB',
        payer: 'sender',
        tiers: [{ upTo: null, unitPrice: '1', flatFee: '7' }],
      },
    },
  },
  ratioExcess: { ratio: '2', unitPrice: '1', unit: 'GB' },
  percentile: {
    basis: 'max_of_directions',
    commitMbps: '1',
    commitPrice: '2',
    overagePrice: '3',
    payer: 'B',
  },
  commitments: [
    { party: 'B', amount: '1000' },
    { party: 'A', amount: '100' },
  ],
};

test('all at once: the order of lines, what a commitment counts, and the totals', () => {
  const sample = { bytes: 75_000_000n, duration_s: 300 };
  const usage = { ...settled(30n * GB, 5n * GB), samples: { aToB: [sample], bToA: [sample] } };
  const rating = rate(EVERYTHING, usage, 'USD');
  expect(
    rating.lines.map((line) => [line.kind, line.direction, line.tier, line.payer, Number(line.amount)]),
  ).toEqual([
    ['usage', 'aToB', 1, 'B', 1000],
    ['usage', 'aToB', 2, 'B', 4000],
    ['usage', 'bToA', 1, 'B', 500],
    ['flat_fee', 'aToB', 1, 'B', 500],
    ['flat_fee', 'aToB', 2, 'B', 600],
    ['flat_fee', 'bToA', 1, 'B', 700],
    ['ratio_excess', 'aToB', null, 'A', 2000],
    ['percentile_commit', null, null, 'B', 200],
    ['percentile_overage', null, null, 'B', 300],
    ['true_up', null, null, 'A', 8000],
    ['true_up', null, null, 'B', 92200],
  ]);
  expect(rating).toMatchObject({ payableByA: 10_000n, payableByB: 100_000n });
  expect(rating.net).toEqual({ amount: 90_000n, payer: 'B', payee: 'A' });
});

test('lines without a direction follow those with one', () => {
  const [line] = rate(bilateral({ ...FREE, pricing: linear('1') }), settled(GB), 'USD').lines;
  const directions = [null, 'bToA', 'aToB'] as const;
  const sorted = directions.map((direction) => ({ ...line!, direction })).sort(compareLines);
  expect(sorted.map(({ direction }) => direction)).toEqual(['aToB', 'bToA', null]);
});

test('refuses usage that contradicts itself', () => {
  expect(() => rate(EVERYTHING, settled(1n), 'USD')).toThrow(/samples/);
  expect(() =>
    rate(bilateral(FREE), { ...settled(1n), zeroRatableBytes: { aToB: 2n, bToA: 0n } }, 'USD'),
  ).toThrow(RangeError);
  expect(() => rate(bilateral(FREE), settled(-1n), 'USD')).toThrow(RangeError);
  expect(() => rate(bilateral(FREE), settled(1n, -1n), 'USD')).toThrow(RangeError);
});

test('its arguments stay as they were', () => {
  const sample = Object.freeze({ bytes: 9n, duration_s: 300 });
  const other = Object.freeze({ bytes: 1n, duration_s: 300 });
  const samples = { aToB: Object.freeze([sample, other]), bToA: Object.freeze([sample, other]) };
  const usage = { ...settled(30n * GB, 5n * GB), samples };
  expect(rate(EVERYTHING, usage, 'USD')).toEqual(rate(EVERYTHING, usage, 'USD'));
});

test('usage bytes and zero-rated ones add up to the settled; the net is the difference of what lines say', () => {
  const bytes = fc.bigInt(0n, 2n ** 66n);
  fc.assert(
    fc.property(
      bytes,
      bytes,
      fc.nat(1000),
      fc.nat(999_999),
      fc.boolean(),
      (aToB, bToA, free, micros, receiver) => {
        const zeroRating: ZeroRating = {
          kind: 'allowance',
          quantity: String(free),
          unit: 'PB',
          ...NO_LIMITS,
        };
        const unitPrice = `0.${String(micros).padStart(6, '0')}`;
        const payer = receiver ? ('receiver' as const) : ('sender' as const);
        const pricing: Pricing = { model: 'linear', unit: 'GiB', payer, unitPrice };
        const rating = rate(
          bilateral({ zeroRating, pricing }, { zeroRating, pricing }),
          settled(aToB, bToA),
          'USD',
        );
        let net = 0n;
        for (const line of rating.lines) net += line.payer === 'A' ? line.amount : -line.amount;
        const signed = rating.net.payer === 'B' ? -rating.net.amount : rating.net.amount;
        expect(signed).toBe(net);
        expect(rating.payableByA - rating.payableByB).toBe(net);
        for (const [direction, total] of [['aToB', aToB] as const, ['bToA', bToA] as const]) {
          const priced = rating.lines
            .filter((line) => line.direction === direction)
            .reduce((sum, line) => sum + line.bytes!, 0n);
          const freeBytes = BigInt(free) * 10n ** 15n;
          expect(rating.zeroRatedBytes[direction]).toBe(total < freeBytes ? total : freeBytes);
          expect(priced + rating.zeroRatedBytes[direction]).toBe(total);
        }
      },
    ),
  );
});
