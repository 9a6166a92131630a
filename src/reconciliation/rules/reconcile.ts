import type { FlowDirection, ReconciliationTerms } from '../../agreements/index.js';
import { FLOW_DIRECTIONS } from '../../agreements/rules/terms.js';
import type { Instant } from '../../period/index.js';
import {
  compareBucket,
  type BucketStatus,
  type ComparedBucket,
  type MeasuredBucket,
} from './compare-bucket.js';
import {
  directionTotals,
  scopeSums,
  statusCounts,
  type DirectionTotals,
  type ScopeSum,
} from './scope-sums.js';
import { duplicateSuspects, hasMonthBias, shiftSuspects, type Flag } from './suspicions.js';

/** What a period's comparison comes to. */
export interface Reconciliation {
  directions: Record<FlowDirection, DirectionTotals>;
  counts: Record<BucketStatus, number>;
  flags: Flag[];
}

/** A period's comparison with every bucket. */
export interface ComparedPeriod extends Reconciliation {
  buckets: ComparedBucket[];
}

/**
 * Compares all buckets of a period (domain contract, section 5). The buckets come in the order of
 * direction, start and scope, so the result does not depend on the order in which records arrived.
 */
export function reconcile(
  measured: readonly MeasuredBucket[],
  terms: ReconciliationTerms,
  bounds: { start: Instant; end: Instant },
): ComparedPeriod {
  const buckets = measured.map((bucket) => compareBucket(bucket, terms));
  return { buckets, ...reconciliationOf(scopeSums(buckets), buckets, terms, bounds) };
}

/** The same from sums by scope and, in their order, at least the buckets whose sides do not agree. */
export function reconciliationOf(
  sums: readonly ScopeSum[],
  suspects: readonly ComparedBucket[],
  terms: ReconciliationTerms,
  bounds: { start: Instant; end: Instant },
): Reconciliation {
  const biased = FLOW_DIRECTIONS.filter((direction) =>
    hasMonthBias(
      sums.flatMap((sum) => (sum.direction === direction ? [sum.twoSided] : [])),
      terms,
    ),
  );
  return {
    directions: directionTotals(sums),
    counts: statusCounts(sums),
    flags: [
      ...biased.map((direction): Flag => ({ flag: 'month_bias', direction, ...bounds, scope: null })),
      ...shiftSuspects(suspects, terms),
      ...duplicateSuspects(suspects, terms),
    ],
  };
}
