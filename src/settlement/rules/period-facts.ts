import type { Agreement, Side, Terms, VersionInForce } from '../../agreements/index.js';
import type { RatedUsage } from '../../rating/index.js';
import type { AgreedBucket, SettledPeriod, SettledSample } from '../../reconciliation/index.js';
import { samplesOf, usageOfParts, type SettledBucket, type SettledPart } from './rated-usage.js';

/** All that a period's statement counts, whether read from sums that are kept up or added up from records. */
export interface PeriodFacts extends SettledPeriod {
  /** Needed where the terms have a percentile. */
  samples: SettledSample[];
  /** Buckets of which bytes were agreed after the clock's figure that was asked for. */
  agreed: AgreedBucket[];
  /** Records that count, of each party. */
  recordCounts: Record<Side, number>;
}

/** Gives facts of periods. */
export interface FactSource {
  /** A period's facts, with the agreed buckets after a figure of the agreement's clock. */
  known(period: string, version: VersionInForce, agreedAfter: bigint): Promise<PeriodFacts>;
  /**
   * The same as if nothing had been corrected or agreed on after a figure of the agreement's clock: records that
   * were known by then count as they stood, later ones as they are known. Null where only sums matter, and not
   * what they are due to.
   */
  uncorrected: ((period: string, version: VersionInForce, after: bigint) => Promise<PeriodFacts>) | null;
}

/** What rating needs of a period's facts under its own terms or others, as if some agreed bytes were not agreed. */
export function usageOfFacts(
  { sums, samples, grid }: Pick<PeriodFacts, 'sums' | 'samples' | 'grid'>,
  terms: Terms,
  unagreed: readonly AgreedBucket[] = [],
): RatedUsage {
  const taken = unagreed.map(({ unagreedBytes, settledBytes, ...bucket }): SettledPart & SettledBucket => ({
    ...bucket,
    settledBytes: unagreedBytes - settledBytes,
  }));
  const ofBuckets = terms.percentile && samplesOf([...samples, ...taken], grid);
  return usageOfParts([...sums, ...taken], terms, ofBuckets);
}

/** Whether a period lies after the agreement's end, so that its statement only carries what is left. */
export function isAfterEnd({ lastPeriod }: Pick<Agreement, 'lastPeriod'>, period: string): boolean {
  return lastPeriod !== null && period > lastPeriod;
}
