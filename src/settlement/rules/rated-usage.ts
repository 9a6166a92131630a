import type { FlowDirection, Terms } from '../../agreements/index.js';
import { FLOW_DIRECTIONS } from '../../agreements/rules/terms.js';
import { isZeroRatable } from '../../agreements/rules/zero-rating-limits.js';
import { bucketEndAt, type BucketGrid } from '../../period/index.js';
import type { RatedUsage } from '../../rating/index.js';
import type { ComparedBucket } from '../../reconciliation/index.js';

/** What rating needs of a reconciled period (domain contract, sections 6 and 7). */
export function ratedUsage(buckets: readonly ComparedBucket[], terms: Terms, grid: BucketGrid): RatedUsage {
  const settledBytes: Record<FlowDirection, bigint> = { aToB: 0n, bToA: 0n };
  const zeroRatableBytes: Record<FlowDirection, bigint> = { aToB: 0n, bToA: 0n };
  for (const { direction, scope, settledBytes: bytes } of buckets) {
    settledBytes[direction] += bytes;
    if (isZeroRatable(scope, terms, direction)) zeroRatableBytes[direction] += bytes;
  }
  return {
    settledBytes,
    zeroRatableBytes,
    ...(terms.percentile && { samples: samplesOf(buckets, grid) }),
  };
}

/** One sample a bucket over the whole period, summed over scopes; 0 where neither side reported. */
function samplesOf(buckets: readonly ComparedBucket[], grid: BucketGrid): NonNullable<RatedUsage['samples']> {
  const sums = Object.fromEntries(
    FLOW_DIRECTIONS.map((direction) => [direction, grid.starts.map(() => 0n)]),
  ) as Record<FlowDirection, bigint[]>;
  for (const { direction, index, settledBytes } of buckets) {
    sums[direction][index] = sums[direction][index]! + settledBytes;
  }
  const samples = (direction: FlowDirection): { bytes: bigint; duration_s: number }[] =>
    sums[direction].map((bytes, index) => ({
      bytes,
      duration_s: (bucketEndAt(grid, index) - grid.starts[index]!) / 1000,
    }));
  return { aToB: samples('aToB'), bToA: samples('bToA') };
}
