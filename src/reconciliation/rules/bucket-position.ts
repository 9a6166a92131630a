import type { ComparedBucket } from './compare-bucket.js';

/** Where a list of buckets goes on: direction, start in milliseconds, and the three parts of the scope. */
export type BucketPosition = [string, number, string, string, string];

/** Where a list of discrepancies goes on: bytes, then the bucket's own position. */
export type DiscrepancyPosition = [string, ...BucketPosition];

/** Where the list goes on after a bucket. */
export function positionOf({ direction, start, scope }: ComparedBucket): BucketPosition {
  return [direction, start, scope.sourceRegion, scope.destinationRegion, scope.service];
}

/** Where the list of discrepancies goes on after one. */
export function discrepancyPositionOf(bucket: ComparedBucket): DiscrepancyPosition {
  return [String(bucket.discrepancyBytes), ...positionOf(bucket)];
}
