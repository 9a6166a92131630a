import fc from 'fast-check';
import { bucketGrid } from '../../../src/period/index.js';
import { withAgreedBytes, type AgreedBytes } from '../../../src/reconciliation/rules/agreed-bytes.js';
import { compareBucket, type MeasuredBucket } from '../../../src/reconciliation/rules/compare-bucket.js';
import { reconcile } from '../../../src/reconciliation/rules/reconcile.js';
import { measured, MONTH, rules } from './support.js';

const GRID = bucketGrid('2026-10', 'hour', 'Etc/UTC');

function agreed(bucket: MeasuredBucket, bytes: bigint): AgreedBytes {
  const { direction, start, scope } = bucket;
  return { direction, start, scope, bytes };
}

describe('agreed bytes', () => {
  test.each<[string, bigint | null, bigint | null]>([
    ['exact', 100n, 100n],
    ['within_tolerance', 100_000n, 100_001n],
    ['mismatch', 100n, 70n],
    ['missing_sender', null, 70n],
    ['missing_receiver', 100n, null],
  ])('are settled whatever was reported (%s), and leave no discrepancy', (status, sent, received) => {
    const bucket = { ...measured(0, sent, received), agreedBytes: 85n };
    expect(compareBucket(bucket, rules({ oneSided: 'hold' }))).toMatchObject({
      status,
      settledBytes: 85n,
      discrepancyBytes: 0n,
      senderBytes: sent,
      receiverBytes: received,
    });
  });

  test('may be none at all', () => {
    expect(compareBucket({ ...measured(0, 5n, 9n), agreedBytes: 0n }, rules()).settledBytes).toBe(0n);
  });

  test('concern one bucket of one direction and scope', () => {
    const west = { sourceRegion: 'west', destinationRegion: '', service: '' };
    const buckets = [
      measured(0, 10n, 4n),
      measured(0, 10n, 4n, { scope: west }),
      measured(1, 10n, 4n),
      measured(0, 10n, 4n, { direction: 'bToA' }),
    ];
    const held = withAgreedBytes(buckets, [agreed(buckets[1]!, 7n)], GRID);
    expect(held.map(({ agreedBytes }) => agreedBytes)).toEqual([undefined, 7n, undefined, undefined]);
    expect(reconcile(held, rules(), MONTH).directions.aToB).toMatchObject({
      settledBytes: 4n + 7n + 4n,
      discrepancyBytes: 12n,
    });
  });

  test('hold for buckets whose records were all taken back, in their place among the others', () => {
    const gone = measured(1, null, null);
    const held = withAgreedBytes([measured(0, 1n, 1n), measured(2, 1n, 1n)], [agreed(gone, 7n)], GRID);
    expect(held.map(({ index, agreedBytes }) => [index, agreedBytes])).toEqual([
      [0, undefined],
      [1, 7n],
      [2, undefined],
    ]);
    expect(held[1]).toEqual({ ...gone, agreedBytes: 7n });
    expect(reconcile(held, rules(), MONTH).directions.aToB.settledBytes).toBe(9n);
  });

  test('make the settled sum what was agreed on and what was not, for any choice of buckets', () => {
    const bytes = fc.bigInt(0n, 2n ** 70n);
    const bucket = fc.record({
      sent: bytes,
      received: bytes,
      agreedOn: fc.option(bytes),
      reported: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(bucket, { maxLength: 20 }), (cases) => {
        const all = cases.map(({ sent, received }, index) => measured(index, sent, received));
        const fixed = cases.flatMap(({ agreedOn }, i) =>
          agreedOn === null ? [] : [agreed(all[i]!, agreedOn)],
        );
        const reported = all.filter((_, i) => cases[i]!.reported);
        const expected = cases.reduce((sum, { sent, received, agreedOn, reported }) => {
          if (agreedOn !== null) return sum + agreedOn;
          return reported ? sum + (sent < received ? sent : received) : sum;
        }, 0n);
        const { settledBytes } = reconcile(withAgreedBytes(reported, fixed, GRID), rules({ ppm: 0 }), MONTH)
          .directions.aToB;
        expect(settledBytes).toBe(expected);
      }),
    );
  });
});
