import fc from 'fast-check';
import type { Percentile } from '../../../src/agreements/index.js';
import {
  percentile95Mbps,
  percentileLines,
  percentileRank,
  type RateSample,
} from '../../../src/rating/rules/percentile.js';

const TERMS: Percentile = {
  basis: 'aToB',
  commitMbps: '10000',
  commitPrice: '0.30',
  overagePrice: '0.35',
  payer: 'A',
};

/** The bytes of a 5-minute sample at so many Mbps. */
function atMbps(mbps: number | bigint): RateSample {
  return { bytes: (BigInt(mbps) * 1_000_000n * 300n) / 8n, duration_s: 300 };
}

function constant(n: number, mbps: number): RateSample[] {
  return Array.from({ length: n }, () => atMbps(mbps));
}

test.each([
  [1, 1],
  [19, 19],
  [20, 19],
  [21, 20],
  [100, 95],
  [101, 96],
  [8064, 7661],
  [8352, 7935],
  [8640, 8208],
  [8916, 8471],
  [8928, 8482],
  [8940, 8493],
])('of %i samples the rank is %i', (n, rank) => {
  expect(percentileRank(n)).toBe(rank);
});

test('a leap February: the 7935th of 8352 samples, whatever their order', () => {
  const samples = Array.from({ length: 8352 }, (_, i) => atMbps(((i * 5003) % 8352) + 1));
  const { numerator, denominator } = percentile95Mbps(samples);
  expect(numerator).toBe(7935n * denominator);
});

test('the top 5 % are free, and one sample more is not', () => {
  const quiet = (peaks: number) => [...constant(peaks, 50_000), ...constant(100 - peaks, 10_000)];
  const overage = (peaks: number) =>
    percentileLines(TERMS, { aToB: quiet(peaks), bToA: [] }, 'USD').filter(
      ({ kind }) => kind === 'percentile_overage',
    );
  expect(overage(5)).toEqual([]);
  expect(overage(6)).toMatchObject([{ quantity: '40000' }]);
});

test('commit 10,000 at .30 and p95 12,400 at .35: 3000.00 and 840.00', () => {
  const lines = percentileLines(TERMS, { aToB: constant(8928, 12_400), bToA: [] }, 'USD');
  const common = { direction: 'aToB', tier: null, bytes: null, unit: 'Mbps', payer: 'A', payee: 'B' };
  expect(lines).toEqual([
    { ...common, kind: 'percentile_commit', quantity: '10000', unitPrice: '0.30', amount: 300_000n },
    { ...common, kind: 'percentile_overage', quantity: '2400', unitPrice: '0.35', amount: 84_000n },
  ]);
});

test.each([
  ['exactly the commit', 10_000],
  ['below it', 9_999],
  ['no traffic', 0],
])('%s: the commit alone', (_name, mbps) => {
  const lines = percentileLines(TERMS, { aToB: constant(100, mbps), bToA: [] }, 'USD');
  expect(lines.map(({ kind, amount }) => [kind, amount])).toEqual([['percentile_commit', 300_000n]]);
});

test('missing samples count as 0: 6 in 100 with traffic pass, 5 do not', () => {
  const p95 = (busy: number) => percentile95Mbps([...constant(busy, 800), ...constant(100 - busy, 0)]);
  expect(p95(5).numerator).toBe(0n);
  expect(p95(6).numerator).toBe(800n * p95(6).denominator);
});

test('max_of_directions takes the larger percentile, not the larger samples', () => {
  // Each direction peaks in another 5 %: taken sample by sample the peaks would be 10 %.
  const aToB = Array.from({ length: 100 }, (_, i) => atMbps(i < 5 ? 90_000 : 11_000));
  const bToA = Array.from({ length: 100 }, (_, i) => atMbps(i >= 95 ? 90_000 : 12_000));
  const samples = { aToB, bToA };
  const overageOf = (basis: Percentile['basis']) =>
    percentileLines({ ...TERMS, basis, payer: 'B' }, samples, 'USD')[1]!;
  expect(overageOf('max_of_directions')).toMatchObject({
    quantity: '2000',
    direction: null,
    payer: 'B',
    payee: 'A',
  });
  expect(overageOf('aToB')).toMatchObject({ quantity: '1000', direction: 'aToB' });
  expect(overageOf('bToA')).toMatchObject({ quantity: '2000', direction: 'bToA' });
  const swapped = percentileLines(
    { ...TERMS, basis: 'max_of_directions' },
    { aToB: bToA, bToA: aToB },
    'USD',
  );
  expect(swapped[1]).toMatchObject({ quantity: '2000' });
});

test('a sample cut short is compared by its rate, not by its bytes', () => {
  const full: RateSample = { bytes: 300_000_000n, duration_s: 300 };
  const short: RateSample = { bytes: 200_000_000n, duration_s: 30 };
  const { numerator, denominator } = percentile95Mbps([short, full]);
  expect(numerator * 3n).toBe(160n * denominator);
});

test('a rate is exact until the amount: 1 byte in 300 s', () => {
  const lines = percentileLines(
    { ...TERMS, commitMbps: '0', overagePrice: '150000000' },
    { aToB: [{ bytes: 1n, duration_s: 300 }], bToA: [] },
    'USD',
  );
  expect(lines).toMatchObject([
    { kind: 'percentile_commit', quantity: '0', amount: 0n },
    { kind: 'percentile_overage', quantity: '0.000000026667', amount: 400n },
  ]);
});

test.each<[string, RateSample[]]>([
  ['no samples', []],
  ['a duration of 0', [{ bytes: 1n, duration_s: 0 }]],
  ['half a second', [{ bytes: 1n, duration_s: 0.5 }]],
])('refuses %s', (_name, samples) => {
  expect(() => percentile95Mbps(samples)).toThrow(RangeError);
});

test('agrees with counting: the least rate that at least 95 % of samples do not exceed', () => {
  const sample = fc.record({
    bytes: fc.bigInt(0n, 2n ** 70n),
    duration_s: fc.constantFrom(300, 300, 300, 30, 150),
  });
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1, maxLength: 120 }), (samples) => {
      const perSecond = samples.map(({ bytes, duration_s }) => bytes * (300n / BigInt(duration_s)));
      const fits = perSecond.filter(
        (limit) => perSecond.filter((rate) => rate <= limit).length * 100 >= 95 * perSecond.length,
      );
      const least = fits.reduce((a, b) => (a < b ? a : b));
      const { numerator, denominator } = percentile95Mbps(samples);
      expect(numerator * 300n * 1_000_000n).toBe(least * 8n * denominator);
    }),
  );
});
