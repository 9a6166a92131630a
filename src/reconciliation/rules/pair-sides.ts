import { bucketEndAt, bucketIndexAt, type BucketGrid } from '../../period/index.js';
import type { BucketUsage } from '../../traffic/index.js';
import { bucketName, compareBuckets } from './agreed-bytes.js';
import type { MeasuredBucket } from './compare-bucket.js';

/** Puts what each side reported beside the other's, in the order in which buckets are listed. */
export function pairSides(usage: readonly BucketUsage[], grid: BucketGrid): MeasuredBucket[] {
  const pairs = new Map<string, MeasuredBucket>();
  for (const { direction, bucketStart: start, side, bytes, records, ...scope } of usage) {
    if (records === 0) continue;
    const key = {
      direction,
      start,
      scope: {
        sourceRegion: scope.sourceRegion,
        destinationRegion: scope.destinationRegion,
        service: scope.service,
      },
    };
    const name = bucketName(key);
    const index = bucketIndexAt(grid, start);
    const pair = pairs.get(name) ?? {
      ...key,
      index,
      end: bucketEndAt(grid, index),
      senderBytes: null,
      receiverBytes: null,
    };
    pairs.set(name, { ...pair, [side === 'sender' ? 'senderBytes' : 'receiverBytes']: bytes });
  }
  return [...pairs.values()].sort(compareBuckets);
}
