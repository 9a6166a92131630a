import fc from 'fast-check';
import { bucketGrid } from '../../../src/period/index.js';
import { rate } from '../../../src/rating/index.js';
import { compareBucket, type ComparedBucket } from '../../../src/reconciliation/rules/compare-bucket.js';
import { moneyAtStake } from '../../../src/settlement/rules/money-at-stake.js';
import { ratedUsage } from '../../../src/settlement/rules/rated-usage.js';
import { terms } from './support.js';

const GRID = bucketGrid('2026-02', '5min', 'Etc/UTC');
const GB = 10n ** 9n;

const LINEAR = terms({
  reconciliation: { bucket: '5min', oneSided: 'hold' },
  directions: {
    aToB: {
      zeroRating: { kind: 'allowance', quantity: '3', unit: 'GB' },
      pricing: { model: 'linear', unit: 'GB', unitPrice: '2' },
    },
  },
});
const BURSTY = terms({
  ...LINEAR,
  percentile: {
    basis: 'max_of_directions',
    commitMbps: '0',
    commitPrice: '0',
    overagePrice: '1',
    payer: 'A',
  },
});

function bucket(
  index: number,
  senderBytes: bigint | null,
  receiverBytes: bigint | null,
  direction: 'aToB' | 'bToA' = 'aToB',
): ComparedBucket {
  const scope = { sourceRegion: '', destinationRegion: '', service: '' };
  const at = { start: GRID.starts[index]!, end: GRID.starts[index]! + 300_000, index };
  return compareBucket({ direction, ...at, scope, senderBytes, receiverBytes }, LINEAR.reconciliation);
}

test.each([
  ['a mismatch, at the price', bucket(0, 10n * GB, 7n * GB), 600n],
  ['one side only, held back', bucket(0, 10n * GB, null), 1_400n],
  ['within the allowance', bucket(0, 3n * GB, 1n * GB), 0n],
  ['partly within the allowance', bucket(0, 4n * GB, 1n * GB), 200n],
])('%s', (_name, discrepancy, expected) => {
  const usage = ratedUsage([discrepancy], LINEAR, GRID);
  expect(moneyAtStake({ usage, terms: LINEAR, currency: 'USD' })(discrepancy)).toBe(expected);
});

test('is the difference of the period rated whole with either figure, percentile included', () => {
  const places = Array.from({ length: 1_300 }, (_, at) => at * 6);
  const one = fc.tuple(
    fc.option(fc.bigInt({ min: 0n, max: 50n * GB }), { freq: 6 }),
    fc.option(fc.bigInt({ min: 0n, max: 50n * GB }), { freq: 6 }),
    fc.constantFrom('aToB' as const, 'bToA' as const),
  );
  fc.assert(
    fc.property(fc.array(one, { minLength: 400, maxLength: 1_300 }), fc.nat(), (sides, nth) => {
      const buckets = sides.map(([sent, received, direction], at) =>
        bucket(places[at]!, sent, received, direction),
      );
      const asked = buckets[nth % buckets.length]!;
      const owed = (bytes: bigint): bigint => {
        const changed = buckets.map((each) => (each === asked ? { ...each, settledBytes: bytes } : each));
        const { payableByA, payableByB } = rate(BURSTY, ratedUsage(changed, BURSTY, GRID), 'USD');
        return payableByA - payableByB;
      };
      const difference = owed(asked.senderBytes ?? 0n) - owed(asked.receiverBytes ?? 0n);
      const usage = ratedUsage(buckets, BURSTY, GRID);
      const stake = moneyAtStake({ usage, terms: BURSTY, currency: 'USD' })(asked);
      expect(stake).toBe(difference < 0n ? -difference : difference);
    }),
    { numRuns: 20 },
  );
});
