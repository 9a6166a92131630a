import { completeTerms } from '../../../src/agreements/rules/complete-terms.js';
import type { ReconciliationTerms } from '../../../src/agreements/rules/terms.js';
import {
  compareBucket,
  type ComparedBucket,
  type MeasuredBucket,
} from '../../../src/reconciliation/rules/compare-bucket.js';

export const MONTH = { start: Date.UTC(2026, 9, 1), end: Date.UTC(2026, 10, 1) };
export const MINUTE_MS = 60_000;

export function rules(change: Partial<ReconciliationTerms> = {}): ReconciliationTerms {
  return completeTerms({ reconciliation: change, directions: {} }, 'USD').reconciliation;
}

export function measured(
  index: number,
  senderBytes: bigint | null,
  receiverBytes: bigint | null,
  { minutes = 60, ...more }: Partial<MeasuredBucket> & { minutes?: number } = {},
): MeasuredBucket {
  const start = MONTH.start + index * minutes * MINUTE_MS;
  return {
    direction: 'aToB',
    start,
    end: start + minutes * MINUTE_MS,
    index,
    scope: { sourceRegion: '', destinationRegion: '', service: '' },
    senderBytes,
    receiverBytes,
    ...more,
  };
}

export type Pair = readonly [sent: number | null, received: number | null];

/** Both sides of consecutive buckets, compared. */
export function compared(
  pairs: readonly Pair[],
  {
    minutes = 60,
    terms = rules(),
    from = 0,
  }: { minutes?: number; terms?: ReconciliationTerms; from?: number } = {},
): ComparedBucket[] {
  const bytes = (figure: number | null): bigint | null => (figure === null ? null : BigInt(figure));
  return pairs.map(([sent, received], at) =>
    compareBucket(measured(from + at, bytes(sent), bytes(received), { minutes }), terms),
  );
}
