import fc from 'fast-check';
import type { MeasuredBucket } from '../../../src/reconciliation/rules/compare-bucket.js';
import { reconcile } from '../../../src/reconciliation/rules/reconcile.js';
import { measured, MONTH, rules } from './support.js';

test('a period without any report', () => {
  const none = { senderBytes: 0n, receiverBytes: 0n, settledBytes: 0n, discrepancyBytes: 0n };
  expect(reconcile([], rules(), MONTH)).toEqual({
    buckets: [],
    directions: { aToB: none, bToA: none },
    counts: { exact: 0, within_tolerance: 0, mismatch: 0, missing_sender: 0, missing_receiver: 0 },
    flags: [],
  });
});

test('totals are by direction, and both sides are never added', () => {
  const back = { direction: 'bToA' } as const;
  const { directions, counts } = reconcile(
    [
      measured(0, 100n, 100n),
      measured(1, 1_000_000n, 999_500n),
      measured(2, 500n, 400n),
      measured(3, 30n, null),
      measured(0, 7n, 7n, back),
      measured(1, null, 5n, back),
    ],
    rules({ oneSided: 'hold' }),
    MONTH,
  );
  expect(directions).toEqual({
    aToB: {
      senderBytes: 1_000_630n,
      receiverBytes: 1_000_000n,
      settledBytes: 100n + 999_500n + 400n,
      discrepancyBytes: 100n + 30n,
    },
    bToA: { senderBytes: 7n, receiverBytes: 12n, settledBytes: 7n, discrepancyBytes: 5n },
  });
  expect(counts).toEqual({
    exact: 2,
    within_tolerance: 1,
    mismatch: 1,
    missing_sender: 1,
    missing_receiver: 1,
  });
});

test('a bias is flagged for its direction, over the whole period and every scope', () => {
  const { flags } = reconcile(
    [measured(0, 1_000n, 1_000n), measured(0, 2_000n, 1_990n, { direction: 'bToA' })],
    rules({ absoluteBytes: '10', monthAbsoluteBytes: '9' }),
    MONTH,
  );
  expect(flags).toEqual([{ flag: 'month_bias', direction: 'bToA', ...MONTH, scope: null }]);
});

test('one direction’s bias does not make up for the other’s', () => {
  const { flags } = reconcile(
    [measured(0, 1_000n, 1_100n), measured(0, 1_100n, 1_000n, { direction: 'bToA' })],
    rules({ absoluteBytes: '100' }),
    MONTH,
  );
  expect(flags.map(({ flag, direction }) => [flag, direction])).toEqual([
    ['month_bias', 'aToB'],
    ['month_bias', 'bToA'],
  ]);
});

test('flags change no figure, and come in the order of their kinds', () => {
  const sent = [1_000n, 2_000n, 4_000n, 3_000n, 9_000n];
  const buckets = sent.map((bytes, i) => measured(i, bytes, sent[i - 1] ?? 5_000n));
  const result = reconcile(buckets, rules(), MONTH);
  expect(result.flags.map(({ flag }) => flag)).toEqual([
    'month_bias',
    'shift_suspect',
    ...Array<string>(4).fill('duplicate_suspect'),
  ]);
  expect(result.directions.aToB.settledBytes).toBe(1_000n + 1_000n + 2_000n + 3_000n + 3_000n);
});

const figure = fc.option(fc.bigInt(0n, 5_000n));
const anyBuckets = fc
  .array(fc.record({ sent: figure, got: figure, flow: fc.boolean() }), { maxLength: 20 })
  .map((list) =>
    list.flatMap(({ sent, got, flow }, index): MeasuredBucket[] =>
      sent === null && got === null
        ? []
        : [measured(index, sent, got, { direction: flow ? 'aToB' : 'bToA' })],
    ),
  );

test('totals are the sums of the buckets, and every bucket is counted once', () => {
  fc.assert(
    fc.property(anyBuckets, fc.constantFrom('use_reported' as const, 'hold' as const), (list, oneSided) => {
      const { buckets, directions, counts } = reconcile(list, rules({ ppm: 100_000, oneSided }), MONTH);
      expect(buckets.map(({ index }) => index)).toEqual(list.map(({ index }) => index));
      expect(Object.values(counts).reduce((a, b) => a + b)).toBe(list.length);
      for (const direction of ['aToB', 'bToA'] as const) {
        const own = buckets.filter((bucket) => bucket.direction === direction);
        const sum = (of: (bucket: (typeof own)[number]) => bigint | null) =>
          own.reduce((total, bucket) => total + (of(bucket) ?? 0n), 0n);
        expect(directions[direction]).toEqual({
          senderBytes: sum((bucket) => bucket.senderBytes),
          receiverBytes: sum((bucket) => bucket.receiverBytes),
          settledBytes: sum((bucket) => bucket.settledBytes),
          discrepancyBytes: sum((bucket) => bucket.discrepancyBytes),
        });
      }
    }),
  );
});

test('settled bytes never lie outside what the two sides reported', () => {
  const rule = fc.constantFrom('sender', 'receiver', 'lower', 'higher', 'average');
  fc.assert(
    fc.property(anyBuckets, rule, rule, (list, settledBytesRule, mismatchRule) => {
      const { buckets } = reconcile(list, rules({ settledBytesRule, mismatchRule }), MONTH);
      for (const { senderBytes, receiverBytes, settledBytes } of buckets) {
        const reported = [senderBytes, receiverBytes].filter((bytes) => bytes !== null);
        expect(reported.some((bytes) => settledBytes >= bytes)).toBe(true);
        expect(reported.some((bytes) => settledBytes <= bytes)).toBe(true);
      }
    }),
  );
});
