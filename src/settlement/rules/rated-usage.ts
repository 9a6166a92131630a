import type { FlowDirection, Terms } from '../../agreements/index.js';
import { FLOW_DIRECTIONS } from '../../agreements/rules/terms.js';
import { isZeroRatable } from '../../agreements/rules/zero-rating-limits.js';
import { bucketEndAt, type BucketGrid } from '../../period/index.js';
import type { RatedUsage } from '../../rating/index.js';
import type { ComparedBucket } from '../../reconciliation/index.js';

/** Bytes settled for a scope: of one bucket, or of all of them. */
export type SettledPart = Pick<ComparedBucket, 'direction' | 'scope' | 'settledBytes'>;

/** Bytes settled for a bucket, by its place in the period: of one scope, or of all of them. */
export type SettledBucket = Pick<ComparedBucket, 'direction' | 'index' | 'settledBytes'>;

type Samples = NonNullable<RatedUsage['samples']>;

/** What rating needs of a reconciled period, bucket by bucket (domain contract, sections 6 and 7). */
export function ratedUsage(
  buckets: readonly (SettledPart & SettledBucket)[],
  terms: Terms,
  grid: BucketGrid,
): RatedUsage {
  return usageOfParts(buckets, terms, terms.percentile && samplesOf(buckets, grid));
}

/** The same from sums, with the samples that a percentile needs. */
export function usageOfParts(
  parts: readonly SettledPart[],
  terms: Terms,
  samples: Samples | undefined,
): RatedUsage {
  const settledBytes: Record<FlowDirection, bigint> = { aToB: 0n, bToA: 0n };
  const zeroRatableBytes: Record<FlowDirection, bigint> = { aToB: 0n, bToA: 0n };
  for (const { direction, scope, settledBytes: bytes } of parts) {
    settledBytes[direction] += bytes;
    if (isZeroRatable(scope, terms, direction)) zeroRatableBytes[direction] += bytes;
  }
  return { settledBytes, zeroRatableBytes, ...(samples && { samples }) };
}

/** One sample a bucket over the whole period, summed over scopes; 0 where neither side reported. */
export function samplesOf(buckets: readonly SettledBucket[], grid: BucketGrid): Samples {
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
