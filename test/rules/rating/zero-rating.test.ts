import fc from 'fast-check';
import type { TrafficUnit, ZeroRating } from '../../../src/agreements/index.js';
import { zeroRatedBytesOf } from '../../../src/rating/rules/zero-rating.js';

const NO_LIMITS = { sourceRegions: [], destinationRegions: [], services: [] };

function allowance(quantity: string, unit: TrafficUnit): ZeroRating {
  return { kind: 'allowance', quantity, unit, ...NO_LIMITS };
}

test.each<[string, ZeroRating, bigint, bigint]>([
  ['none', { kind: 'none' }, 1000n, 0n],
  ['all', { kind: 'all', ...NO_LIMITS }, 2n ** 70n, 2n ** 70n],
  ['all of nothing', { kind: 'all', ...NO_LIMITS }, 0n, 0n],
  ['below the allowance', allowance('1', 'GB'), 999_999_999n, 999_999_999n],
  ['at the allowance', allowance('1', 'GB'), 1_000_000_000n, 1_000_000_000n],
  ['above the allowance', allowance('1', 'GB'), 1_000_000_001n, 1_000_000_000n],
  ['GiB is more than GB', allowance('1', 'GiB'), 2_000_000_000n, 1_073_741_824n],
  ['an allowance of 0', allowance('0', 'PB'), 5n, 0n],
  ['floored to whole bytes', allowance('0.000000001999', 'GB'), 5n, 1n],
  ['floored below one byte', allowance('0.000000000999', 'GB'), 5n, 0n],
  ['a fraction of a binary unit', allowance('0.3', 'GiB'), 10n ** 12n, 322_122_547n],
  ['620,000 GB with 500,000 free', allowance('500000', 'GB'), 620_000n * 10n ** 9n, 500_000n * 10n ** 9n],
])('%s', (_name, zeroRating, zeroRatable, expected) => {
  expect(zeroRatedBytesOf(zeroRating, zeroRatable)).toBe(expected);
});

test('an allowance agrees with long division', () => {
  const units: [TrafficUnit, bigint][] = [
    ['TB', 1_000_000_000_000n],
    ['TiB', 1_099_511_627_776n],
    ['PiB', 1_125_899_906_842_624n],
  ];
  fc.assert(
    fc.property(
      fc.bigInt(0n, 2n ** 70n),
      fc.nat(1_000_000),
      fc.nat(999_999),
      fc.constantFrom(...units),
      (bytes, whole, millionths, [unit, size]) => {
        const quantity = `${whole}.${String(millionths).padStart(6, '0')}`;
        const allowed = (BigInt(whole) * 1_000_000n + BigInt(millionths)) * size;
        const floored = (allowed - (allowed % 1_000_000n)) / 1_000_000n;
        expect(zeroRatedBytesOf(allowance(quantity, unit), bytes)).toBe(bytes < floored ? bytes : floored);
      },
    ),
  );
});
