import fc from 'fast-check';
import type { SettledBytesRule } from '../../../src/agreements/rules/terms.js';
import { compareBucket, toleranceBytes } from '../../../src/reconciliation/rules/compare-bucket.js';
import { measured, rules } from './support.js';

function outcome(sent: bigint | null, received: bigint | null, change: Parameters<typeof rules>[0] = {}) {
  const { status, settledBytes, discrepancyBytes } = compareBucket(
    measured(0, sent, received),
    rules(change),
  );
  return [status, settledBytes, discrepancyBytes];
}

describe('a difference up to the tolerance, itself included, matches', () => {
  test.each<[string, number, bigint, bigint, string]>([
    // ppm of the larger side, in integers.
    ['0', 1000, 1_000_000n, 999_000n, 'within_tolerance'],
    ['0', 1000, 1_000_000n, 998_999n, 'mismatch'],
    ['0', 1000, 999_000n, 1_000_000n, 'within_tolerance'],
    ['0', 1000, 998_999n, 1_000_000n, 'mismatch'],
    // 0.1 % of 1,999 is 1.999: one byte.
    ['0', 1000, 1_999n, 1_998n, 'within_tolerance'],
    ['0', 1000, 1_999n, 1_997n, 'mismatch'],
    ['0', 1000, 2_000n, 1_998n, 'within_tolerance'],
    ['0', 1000, 999n, 998n, 'mismatch'],
    // It is taken of the larger side: of the smaller one it would be 0.
    ['0', 1000, 999n, 1_000n, 'within_tolerance'],
    ['0', 0, 1n, 2n, 'mismatch'],
    ['0', 1_000_000, 0n, 5n, 'within_tolerance'],
    // The larger of both tolerances holds.
    ['10', 0, 100n, 110n, 'within_tolerance'],
    ['10', 0, 100n, 111n, 'mismatch'],
    ['10', 1000, 100_000n, 100_100n, 'within_tolerance'],
    ['1000', 1000, 100_000n, 101_000n, 'within_tolerance'],
    ['1000', 1000, 100_000n, 101_001n, 'mismatch'],
    // Figures that no float holds.
    ['0', 1, 2n ** 63n, 2n ** 63n - 9_223_372_036_854n, 'within_tolerance'],
    ['0', 1, 2n ** 63n, 2n ** 63n - 9_223_372_036_855n, 'mismatch'],
    ['9223372036854775807', 0, 0n, 2n ** 63n - 1n, 'within_tolerance'],
    ['9223372036854775807', 0, 0n, 2n ** 63n, 'mismatch'],
  ])('%s B and %i ppm: %s against %s is %s', (absoluteBytes, ppm, sent, received, status) => {
    expect(outcome(sent, received, { absoluteBytes, ppm })[0]).toBe(status);
  });

  test('whatever the figures, by the formula of the contract', () => {
    const bytes = fc.oneof(fc.bigInt(0n, 3_000n), fc.bigInt(0n, 2n ** 66n));
    const near = fc.record({
      bytes,
      off: fc.bigInt(-50n, 50n),
      ppm: fc.nat(1_000_000),
      absolute: fc.nat(40),
    });
    fc.assert(
      fc.property(near, ({ bytes: sent, off, ppm, absolute }) => {
        const received = sent + off < 0n ? 0n : sent + off;
        const difference = sent > received ? sent - received : received - sent;
        const larger = sent > received ? sent : received;
        // Without a division: |s - r| <= ppm * max / 10^6 is |s - r| * 10^6 <= ppm * max for whole bytes.
        const matches = difference <= BigInt(absolute) || difference * 1_000_000n <= BigInt(ppm) * larger;
        const expected = difference === 0n ? 'exact' : matches ? 'within_tolerance' : 'mismatch';
        const terms = { absoluteBytes: String(absolute), ppm };
        expect(outcome(sent, received, terms)[0]).toBe(expected);
        expect(outcome(received, sent, terms)[0]).toBe(expected);
        expect(toleranceBytes(sent, received, rules(terms))).toBe(
          toleranceBytes(received, sent, rules(terms)),
        );
      }),
    );
  });
});

const RULES: [SettledBytesRule, bigint, bigint][] = [
  ['sender', 1_000_001n, 1_000_004n],
  ['receiver', 1_000_004n, 1_000_001n],
  ['lower', 1_000_001n, 1_000_001n],
  ['higher', 1_000_004n, 1_000_004n],
  ['average', 1_000_002n, 1_000_002n],
];

describe.each(RULES)('the rule %s', (rule, settled, settledReversed) => {
  // The other rule stands for another choice, so that taking the wrong one shows.
  const other = rule === 'higher' ? 'lower' : 'higher';

  test('settles what is within tolerance, without discrepancy', () => {
    const terms = { settledBytesRule: rule, mismatchRule: other } as const;
    expect(outcome(1_000_001n, 1_000_004n, terms)).toEqual(['within_tolerance', settled, 0n]);
    expect(outcome(1_000_004n, 1_000_001n, terms)).toEqual(['within_tolerance', settledReversed, 0n]);
  });

  test('settles a mismatch, whose difference is the discrepancy', () => {
    const terms = { settledBytesRule: other, mismatchRule: rule, ppm: 0 } as const;
    expect(outcome(1_000_001n, 1_000_004n, terms)).toEqual(['mismatch', settled, 3n]);
    expect(outcome(1_000_004n, 1_000_001n, terms)).toEqual(['mismatch', settledReversed, 3n]);
  });

  test('has nothing to choose where both sides say the same', () => {
    const terms = { settledBytesRule: rule, mismatchRule: rule };
    expect(outcome(5n, 5n, terms)).toEqual(['exact', 5n, 0n]);
    expect(outcome(0n, 0n, terms)).toEqual(['exact', 0n, 0n]);
  });
});

describe('one side', () => {
  test.each<['use_reported' | 'hold', bigint | null, bigint | null, unknown[]]>([
    ['use_reported', 7n, null, ['missing_receiver', 7n, 0n]],
    ['use_reported', null, 7n, ['missing_sender', 7n, 0n]],
    ['use_reported', 0n, null, ['missing_receiver', 0n, 0n]],
    ['hold', 7n, null, ['missing_receiver', 0n, 7n]],
    ['hold', null, 7n, ['missing_sender', 0n, 7n]],
    ['hold', null, 0n, ['missing_sender', 0n, 0n]],
  ])('%s: %s against %s', (oneSided, sent, received, expected) => {
    expect(outcome(sent, received, { oneSided })).toEqual(expected);
    // A tolerance is for two figures: what is missing is not zero.
    expect(outcome(sent, received, { oneSided, absoluteBytes: '1000' })).toEqual(expected);
  });

  test('zero is a report, and nothing is not', () => {
    expect(outcome(7n, 0n, { oneSided: 'hold' })).toEqual(['mismatch', 0n, 7n]);
    expect(outcome(7n, 0n, { absoluteBytes: '7' })).toEqual(['within_tolerance', 0n, 0n]);
  });
});

test('what was measured stays beside what was settled', () => {
  const bucket = measured(3, 10n, 5n, { direction: 'bToA' });
  expect(compareBucket(bucket, rules())).toEqual({
    ...bucket,
    status: 'mismatch',
    settledBytes: 5n,
    discrepancyBytes: 5n,
  });
});
