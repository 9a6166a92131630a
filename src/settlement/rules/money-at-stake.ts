import type { FlowDirection, Terms } from '../../agreements/index.js';
import { isZeroRatable } from '../../agreements/rules/zero-rating-limits.js';
import { percentileRank, rate, type RatedUsage, type RateSample } from '../../rating/index.js';
import type { ComparedBucket } from '../../reconciliation/index.js';

/** A period as it is settled. */
export interface SettledUsage {
  usage: RatedUsage;
  terms: Terms;
  currency: string;
}

/**
 * What a discrepancy is about in money: by how much the period's net, rated whole, differs when the bucket is
 * settled with the one side's figure and when with the other's; a side that did not report says nothing. In minor
 * units, never negative. Made once for a period, asked for many of its buckets.
 */
export function moneyAtStake({ usage, terms, currency }: SettledUsage): (bucket: ComparedBucket) => bigint {
  const sorted = usage.samples && {
    aToB: [...usage.samples.aToB].sort(compareRates),
    bToA: [...usage.samples.bToA].sort(compareRates),
  };
  const owedByA = (changed: RatedUsage): bigint => {
    const { payableByA, payableByB } = rate(terms, changed, currency);
    return payableByA - payableByB;
  };
  return (bucket) => {
    const owed = [bucket.senderBytes ?? 0n, bucket.receiverBytes ?? 0n].map((bytes) => {
      const changed = withBytes(usage, terms, bucket, bytes - bucket.settledBytes);
      if (!sorted || !usage.samples) return owedByA(changed);
      const samples = percentileSamples(usage.samples, sorted, bucket, bytes - bucket.settledBytes);
      return owedByA({ ...changed, samples });
    });
    return owed[0]! > owed[1]! ? owed[0]! - owed[1]! : owed[1]! - owed[0]!;
  };
}

function withBytes(
  usage: RatedUsage,
  terms: Terms,
  { direction, scope }: ComparedBucket,
  more: bigint,
): RatedUsage {
  const { settledBytes, zeroRatableBytes } = usage;
  const free = isZeroRatable(scope, terms, direction) ? more : 0n;
  return {
    settledBytes: { ...settledBytes, [direction]: settledBytes[direction] + more },
    zeroRatableBytes: { ...zeroRatableBytes, [direction]: zeroRatableBytes[direction] + free },
  };
}

type Samples = Record<FlowDirection, readonly RateSample[]>;

/** One sample for each direction, which stands for the percentile of all of them once a bucket is changed. */
function percentileSamples(
  samples: Samples,
  sorted: Samples,
  { direction, index }: ComparedBucket,
  more: bigint,
): Samples {
  const before = samples[direction][index]!;
  const other = direction === 'aToB' ? 'bToA' : 'aToB';
  const ofRank = sorted[other][percentileRank(sorted[other].length) - 1]!;
  const changed = atRankAfter(sorted[direction], before, { ...before, bytes: before.bytes + more });
  return direction === 'aToB' ? { aToB: [changed], bToA: [ofRank] } : { aToB: [ofRank], bToA: [changed] };
}

/** The sample at the percentile's rank once one is replaced: only the rank's own neighbours can come into it. */
function atRankAfter(sorted: readonly RateSample[], before: RateSample, after: RateSample): RateSample {
  const place = placeOf(sorted, before);
  const rest = (at: number): RateSample | undefined => sorted[at < place ? at : at + 1];
  const rank = percentileRank(sorted.length);
  const below = rank >= 2 ? rest(rank - 2) : undefined;
  const above = rank <= sorted.length - 1 ? rest(rank - 1) : undefined;
  if (below && compareRates(after, below) < 0) return below;
  return above && compareRates(after, above) > 0 ? above : after;
}

/** A place of a sample among those in ascending order; of equal ones it does not matter which. */
function placeOf(sorted: readonly RateSample[], sample: RateSample): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareRates(sorted[middle]!, sample) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function compareRates(a: RateSample, b: RateSample): number {
  const left = a.bytes * BigInt(b.duration_s);
  const right = b.bytes * BigInt(a.duration_s);
  return left < right ? -1 : left > right ? 1 : 0;
}
