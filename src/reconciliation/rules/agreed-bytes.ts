import type { FlowDirection, ScopeField } from '../../agreements/index.js';
import { bucketEndAt, bucketIndexAt, type BucketGrid, type Instant } from '../../period/index.js';
import {
  compareBucket,
  type ComparedBucket,
  type ComparisonTerms,
  type MeasuredBucket,
} from './compare-bucket.js';

/** Which bucket of a period; fields outside the scope are ''. */
export interface BucketKey {
  direction: FlowDirection;
  start: Instant;
  scope: Record<ScopeField, string>;
}

/** What two parties agreed that a bucket carried (domain contract, section 10). */
export interface AgreedBytes extends BucketKey {
  bytes: bigint;
}

/** A bucket whose bytes were agreed on, and what would be settled had they not been. */
export interface AgreedBucket extends Pick<ComparedBucket, 'direction' | 'index' | 'scope' | 'settledBytes'> {
  disputeId: string;
  /** The figure of the agreement's clock under which the agreement is recorded. */
  recorded: bigint;
  unagreedBytes: bigint;
}

/** Looks at a compared bucket of which bytes were agreed. */
export function agreedBucket(
  { agreedBytes: _, ...measured }: ComparedBucket,
  terms: ComparisonTerms,
  settlement: { disputeId: string; recorded: bigint },
): AgreedBucket {
  const { direction, index, scope, settledBytes } = measured;
  const unagreedBytes = compareBucket(measured, terms).settledBytes;
  return { direction, index, scope, settledBytes, unagreedBytes, ...settlement };
}

/** A text that tells the buckets of a period apart. */
export function bucketName({ direction, start, scope }: BucketKey): string {
  return JSON.stringify([direction, start, scope.sourceRegion, scope.destinationRegion, scope.service]);
}

/**
 * A period's measured buckets with what was agreed on for them. Agreed bytes hold for good, so a bucket whose
 * records were all taken back is still there. In the order in which buckets are listed.
 */
export function withAgreedBytes(
  measured: readonly MeasuredBucket[],
  agreed: readonly AgreedBytes[],
  grid: BucketGrid,
): MeasuredBucket[] {
  if (agreed.length === 0) return [...measured];
  const open = new Map(agreed.map((bucket) => [bucketName(bucket), bucket]));
  const buckets = measured.map((bucket) => {
    const name = bucketName(bucket);
    const found = open.get(name);
    open.delete(name);
    return found ? { ...bucket, agreedBytes: found.bytes } : bucket;
  });
  if (open.size === 0) return buckets;
  const unreported = Array.from(open.values(), ({ direction, start, scope, bytes }): MeasuredBucket => {
    const index = bucketIndexAt(grid, start);
    const sides = { senderBytes: null, receiverBytes: null, agreedBytes: bytes };
    return { direction, start, end: bucketEndAt(grid, index), index, scope, ...sides };
  });
  return [...buckets, ...unreported].sort(compareBuckets);
}

/** By direction, start and scope, texts by their UTF-8 bytes: the order in which buckets are listed. */
export function compareBuckets(a: BucketKey, b: BucketKey): number {
  return (
    compareTexts(a.direction, b.direction) ||
    a.start - b.start ||
    compareTexts(a.scope.sourceRegion, b.scope.sourceRegion) ||
    compareTexts(a.scope.destinationRegion, b.scope.destinationRegion) ||
    compareTexts(a.scope.service, b.scope.service)
  );
}

function compareTexts(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
