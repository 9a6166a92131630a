import type {
  FlowDirection,
  ReconciliationTerms,
  ScopeField,
  SettledBytesRule,
} from '../../agreements/index.js';
import type { Instant } from '../../period/index.js';

export type BucketStatus = 'exact' | 'within_tolerance' | 'mismatch' | 'missing_sender' | 'missing_receiver';
export const BUCKET_STATUSES: readonly BucketStatus[] = [
  'exact',
  'within_tolerance',
  'mismatch',
  'missing_sender',
  'missing_receiver',
];

/** What both sides measured in one bucket; null where a side reported nothing, which is not zero. */
export interface MeasuredBucket {
  direction: FlowDirection;
  start: Instant;
  end: Instant;
  /** Position of the bucket in its period. */
  index: number;
  /** Values of the scope's fields, '' for fields outside the scope. */
  scope: Record<ScopeField, string>;
  senderBytes: bigint | null;
  receiverBytes: bigint | null;
  /** What both parties agreed on when they settled a dispute; it holds whatever either reports. */
  agreedBytes?: bigint;
}

export interface ComparedBucket extends MeasuredBucket {
  status: BucketStatus;
  settledBytes: bigint;
  discrepancyBytes: bigint;
}

/** How a pair of measurements is judged. */
export type ComparisonTerms = Pick<
  ReconciliationTerms,
  'absoluteBytes' | 'ppm' | 'settledBytesRule' | 'mismatchRule' | 'oneSided'
>;

/**
 * Compares one bucket's two sides and settles it (domain contract, section 5, points 2 to 4). Agreed bytes
 * (section 10) are settled as they are and leave no discrepancy; the status still says how the sides compare.
 */
export function compareBucket(bucket: MeasuredBucket, terms: ComparisonTerms): ComparedBucket {
  const compared = compareSides(bucket, terms);
  if (bucket.agreedBytes === undefined) return compared;
  return { ...compared, settledBytes: bucket.agreedBytes, discrepancyBytes: 0n };
}

function compareSides(bucket: MeasuredBucket, terms: ComparisonTerms): ComparedBucket {
  const { senderBytes: sent, receiverBytes: received } = bucket;
  if (sent === null || received === null) return settleOneSided(bucket, terms);
  if (sent === received) return { ...bucket, status: 'exact', settledBytes: sent, discrepancyBytes: 0n };
  if (isWithin(sent, received, toleranceBytes(sent, received, terms))) {
    const settledBytes = settle(sent, received, terms.settledBytesRule);
    return { ...bucket, status: 'within_tolerance', settledBytes, discrepancyBytes: 0n };
  }
  const settledBytes = settle(sent, received, terms.mismatchRule);
  return { ...bucket, status: 'mismatch', settledBytes, discrepancyBytes: distance(sent, received) };
}

/** `max(absoluteBytes, ppm * max(s, r) / 1_000_000)`, in integers. */
export function toleranceBytes(
  sent: bigint,
  received: bigint,
  terms: { absoluteBytes: string; ppm: number },
): bigint {
  const relative = (BigInt(terms.ppm) * larger(sent, received)) / 1_000_000n;
  return larger(BigInt(terms.absoluteBytes), relative);
}

export function isWithin(sent: bigint, received: bigint, tolerance: bigint): boolean {
  return distance(sent, received) <= tolerance;
}

export function distance(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a;
}

function settleOneSided(bucket: MeasuredBucket, terms: ComparisonTerms): ComparedBucket {
  const { senderBytes: sent, receiverBytes: received } = bucket;
  const status: BucketStatus = sent === null ? 'missing_sender' : 'missing_receiver';
  const reported = sent ?? received ?? 0n;
  return terms.oneSided === 'use_reported'
    ? { ...bucket, status, settledBytes: reported, discrepancyBytes: 0n }
    : { ...bucket, status, settledBytes: 0n, discrepancyBytes: reported };
}

function settle(sent: bigint, received: bigint, rule: SettledBytesRule): bigint {
  switch (rule) {
    case 'sender':
      return sent;
    case 'receiver':
      return received;
    case 'lower':
      return sent < received ? sent : received;
    case 'higher':
      return larger(sent, received);
    case 'average':
      return (sent + received) / 2n;
  }
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
