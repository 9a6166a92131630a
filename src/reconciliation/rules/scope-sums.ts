import type { FlowDirection } from '../../agreements/index.js';
import { BUCKET_STATUSES, type BucketStatus, type ComparedBucket } from './compare-bucket.js';

export interface DirectionTotals {
  senderBytes: bigint;
  receiverBytes: bigint;
  settledBytes: bigint;
  discrepancyBytes: bigint;
}

/** What the buckets of one direction and scope add up to. */
export interface ScopeSum extends DirectionTotals {
  direction: FlowDirection;
  scope: ComparedBucket['scope'];
  /** Over the buckets that both sides reported. */
  twoSided: { senderBytes: bigint; receiverBytes: bigint };
  counts: Record<BucketStatus, number>;
}

/** Adds buckets up by direction and scope, in the order in which they come. */
export function scopeSums(buckets: readonly ComparedBucket[]): ScopeSum[] {
  const sums = new Map<string, ScopeSum>();
  for (const { direction, scope, status, ...bucket } of buckets) {
    const key = JSON.stringify([direction, scope]);
    const sum = sums.get(key) ?? emptySum(direction, scope);
    sums.set(key, sum);
    const { senderBytes, receiverBytes } = bucket;
    sum.senderBytes += senderBytes ?? 0n;
    sum.receiverBytes += receiverBytes ?? 0n;
    sum.settledBytes += bucket.settledBytes;
    sum.discrepancyBytes += bucket.discrepancyBytes;
    sum.counts[status] += 1;
    if (senderBytes === null || receiverBytes === null) continue;
    sum.twoSided.senderBytes += senderBytes;
    sum.twoSided.receiverBytes += receiverBytes;
  }
  return [...sums.values()];
}

/** The totals of each direction. */
export function directionTotals(sums: readonly ScopeSum[]): Record<FlowDirection, DirectionTotals> {
  const totals = { aToB: noBytes(), bToA: noBytes() };
  for (const { direction, ...sum } of sums) {
    const total = totals[direction];
    total.senderBytes += sum.senderBytes;
    total.receiverBytes += sum.receiverBytes;
    total.settledBytes += sum.settledBytes;
    total.discrepancyBytes += sum.discrepancyBytes;
  }
  return totals;
}

/** How many buckets have each status. */
export function statusCounts(sums: readonly ScopeSum[]): Record<BucketStatus, number> {
  const counts = noCounts();
  for (const sum of sums) for (const status of BUCKET_STATUSES) counts[status] += sum.counts[status];
  return counts;
}

function emptySum(direction: FlowDirection, scope: ComparedBucket['scope']): ScopeSum {
  const twoSided = { senderBytes: 0n, receiverBytes: 0n };
  return { direction, scope, ...noBytes(), twoSided, counts: noCounts() };
}

function noBytes(): DirectionTotals {
  return { senderBytes: 0n, receiverBytes: 0n, settledBytes: 0n, discrepancyBytes: 0n };
}

function noCounts(): Record<BucketStatus, number> {
  return { exact: 0, within_tolerance: 0, mismatch: 0, missing_sender: 0, missing_receiver: 0 };
}
