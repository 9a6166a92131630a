import type { FlowDirection, Percentile } from '../../agreements/index.js';
import {
  amountOf,
  compare,
  formatDecimal,
  parseDecimal,
  rational,
  subtract,
  type Rational,
} from '../../money/index.js';
import { counterpartyOf, type RatedLine } from './line.js';

/** Settled bytes of one 5-minute bucket, summed over scopes, and how long it lasts in seconds (section 7). */
export interface RateSample {
  readonly bytes: bigint;
  readonly duration_s: number;
}

/** The 1-based ascending rank of the 95th percentile of n samples: ceil(95 n / 100), in integers (section 7). */
export function percentileRank(n: number): number {
  return Math.floor((95 * n + 99) / 100);
}

/**
 * The 95th percentile of a full grid of samples in Mbps (10^6 bit/s), exact; buckets that nobody reported are
 * samples of 0 bytes (section 7). Throws RangeError without samples or for a duration that is no whole second.
 */
export function percentile95Mbps(samples: readonly RateSample[]): Rational {
  if (samples.length === 0) throw new RangeError('A percentile needs the samples of the whole period');
  for (const { duration_s } of samples) {
    if (!Number.isSafeInteger(duration_s) || duration_s <= 0) {
      throw new RangeError(`Not a sample's duration in whole seconds: ${duration_s}`);
    }
  }
  const ascending = [...samples].sort(compareRates);
  const { bytes, duration_s } = ascending[percentileRank(samples.length) - 1]!;
  return rational(bytes * 8n, BigInt(duration_s) * 1_000_000n);
}

/**
 * The lines of burstable billing (section 7), paid by the named party: the commit always, and what the 95th
 * percentile exceeds it by, if anything. Under max_of_directions the lines name no direction: which flow is
 * the larger may change with later data, and the line has to stay the same line.
 */
export function percentileLines(
  terms: Percentile,
  samples: Readonly<Record<FlowDirection, readonly RateSample[]>>,
  currency: string,
): RatedLine[] {
  const commit = parseDecimal(terms.commitMbps);
  const line = (kind: RatedLine['kind'], quantity: Rational, unitPrice: string): RatedLine => ({
    kind,
    direction: terms.basis === 'max_of_directions' ? null : terms.basis,
    tier: null,
    bytes: null,
    quantity: formatDecimal(quantity, 12),
    unit: 'Mbps',
    unitPrice,
    amount: amountOf(quantity, parseDecimal(unitPrice), currency),
    payer: terms.payer,
    payee: counterpartyOf(terms.payer),
  });
  const lines = [line('percentile_commit', commit, terms.commitPrice)];
  const overage = subtract(billedRate(terms.basis, samples), commit);
  if (overage.numerator > 0n) lines.push(line('percentile_overage', overage, terms.overagePrice));
  return lines;
}

/** The larger of the two directions' percentiles, not the percentile of the larger samples. */
function billedRate(
  basis: Percentile['basis'],
  samples: Readonly<Record<FlowDirection, readonly RateSample[]>>,
): Rational {
  if (basis !== 'max_of_directions') return percentile95Mbps(samples[basis]);
  const aToB = percentile95Mbps(samples.aToB);
  const bToA = percentile95Mbps(samples.bToA);
  return compare(aToB, bToA) >= 0 ? aToB : bToA;
}

function compareRates(a: RateSample, b: RateSample): number {
  // Only buckets cut at a period's end differ in length; all others compare by bytes alone.
  const same = a.duration_s === b.duration_s;
  const left = same ? a.bytes : a.bytes * BigInt(b.duration_s);
  const right = same ? b.bytes : b.bytes * BigInt(a.duration_s);
  return left < right ? -1 : left > right ? 1 : 0;
}
