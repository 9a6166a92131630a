import type { FlowDirection, ReconciliationTerms } from '../../agreements/index.js';
import { FLOW_DIRECTIONS } from '../../agreements/rules/terms.js';
import type { Instant } from '../../period/index.js';
import {
  BUCKET_STATUSES,
  compareBucket,
  type BucketStatus,
  type ComparedBucket,
  type MeasuredBucket,
} from './compare-bucket.js';
import { duplicateSuspects, hasMonthBias, shiftSuspects, type Flag } from './suspicions.js';

export interface DirectionTotals {
  senderBytes: bigint;
  receiverBytes: bigint;
  settledBytes: bigint;
  discrepancyBytes: bigint;
}

/** A period's comparison: every bucket, and what they come to. */
export interface Reconciliation {
  buckets: ComparedBucket[];
  directions: Record<FlowDirection, DirectionTotals>;
  counts: Record<BucketStatus, number>;
  flags: Flag[];
}

/**
 * Compares all buckets of a period (domain contract, section 5). The buckets come in the order of
 * direction, start and scope, so the result does not depend on the order in which records arrived.
 */
export function reconcile(
  measured: readonly MeasuredBucket[],
  terms: ReconciliationTerms,
  bounds: { start: Instant; end: Instant },
): Reconciliation {
  const buckets = measured.map((bucket) => compareBucket(bucket, terms));
  const counts = Object.fromEntries(BUCKET_STATUSES.map((status) => [status, 0])) as Record<
    BucketStatus,
    number
  >;
  for (const { status } of buckets) counts[status] += 1;
  const biases = FLOW_DIRECTIONS.flatMap((direction): Flag[] =>
    hasMonthBias(
      buckets.filter((bucket) => bucket.direction === direction),
      terms,
    )
      ? [{ flag: 'month_bias', direction, ...bounds, scope: null }]
      : [],
  );
  return {
    buckets,
    directions: { aToB: totalsOf(buckets, 'aToB'), bToA: totalsOf(buckets, 'bToA') },
    counts,
    flags: [...biases, ...shiftSuspects(buckets, terms), ...duplicateSuspects(buckets, terms)],
  };
}

function totalsOf(buckets: readonly ComparedBucket[], direction: FlowDirection): DirectionTotals {
  const totals: DirectionTotals = {
    senderBytes: 0n,
    receiverBytes: 0n,
    settledBytes: 0n,
    discrepancyBytes: 0n,
  };
  for (const bucket of buckets) {
    if (bucket.direction !== direction) continue;
    totals.senderBytes += bucket.senderBytes ?? 0n;
    totals.receiverBytes += bucket.receiverBytes ?? 0n;
    totals.settledBytes += bucket.settledBytes;
    totals.discrepancyBytes += bucket.discrepancyBytes;
  }
  return totals;
}
