import type { FlowDirection, Pricing, Side, Terms } from '../../agreements/index.js';
import { trueUpLines } from './commitment.js';
import { graduatedLines } from './graduated.js';
import { compareLines, type RatedLine } from './line.js';
import { linearLines } from './linear.js';
import { percentileLines, type RateSample } from './percentile.js';
import { ratioExcessLines } from './ratio-excess.js';
import { volumeLines } from './volume.js';
import { zeroRatedBytesOf } from './zero-rating.js';

/** The terms that make charges (section 6). */
export type RatedTerms = Pick<Terms, 'directions' | 'ratioExcess' | 'percentile' | 'commitments'>;

/** What reconciliation settled for a period. */
export interface RatedUsage {
  settledBytes: Record<FlowDirection, bigint>;
  /** The part of settledBytes inside the zero-rating's limits; all of it where there are none. */
  zeroRatableBytes: Record<FlowDirection, bigint>;
  /** Every 5-minute bucket of the period, missing ones as 0 bytes; needed with a percentile only. */
  samples?: Record<FlowDirection, readonly RateSample[]>;
}

/** The charges of a period; amounts in minor units of the agreement's currency. */
export interface Rating {
  zeroRatedBytes: Record<FlowDirection, bigint>;
  /** Ordered by kind, direction, tier, payer. */
  lines: RatedLine[];
  payableByA: bigint;
  payableByB: bigint;
  /** The difference of the two, never negative, and who pays it; nobody when it is 0. */
  net: { amount: bigint; payer: Side | null; payee: Side | null };
}

/**
 * The lines and totals of one period under one version's terms (section 6). A total is the sum of rounded
 * lines. Throws RangeError for terms or usage that contradict themselves: negative bytes, more zero-ratable
 * than settled ones, a percentile without samples, tiers without an open end.
 */
export function rate(terms: RatedTerms, usage: RatedUsage, currency: string): Rating {
  const { settledBytes } = usage;
  const zeroRatedBytes = {
    aToB: zeroRated(terms, usage, 'aToB'),
    bToA: zeroRated(terms, usage, 'bToA'),
  };
  const charges = (['aToB', 'bToA'] as const).flatMap((direction) => {
    const pricedBytes = settledBytes[direction] - zeroRatedBytes[direction];
    return pricingLines(terms.directions[direction].pricing, direction, pricedBytes, currency);
  });
  if (terms.ratioExcess) charges.push(...ratioExcessLines(terms.ratioExcess, settledBytes, currency));
  if (terms.percentile) {
    if (!usage.samples) throw new RangeError('A percentile needs the samples of the whole period');
    charges.push(...percentileLines(terms.percentile, usage.samples, currency));
  }
  const lines = [...charges, ...trueUpLines(terms.commitments, charges, currency)].sort(compareLines);
  return { zeroRatedBytes, lines, ...totalsOf(lines) };
}

function zeroRated(terms: RatedTerms, usage: RatedUsage, direction: FlowDirection): bigint {
  const settled = usage.settledBytes[direction];
  const zeroRatable = usage.zeroRatableBytes[direction];
  if (zeroRatable < 0n || settled < zeroRatable) {
    throw new RangeError(`${direction}: ${zeroRatable} zero-ratable of ${settled} settled bytes`);
  }
  return zeroRatedBytesOf(terms.directions[direction].zeroRating, zeroRatable);
}

/** The lines of one flow's price for the bytes that are not zero-rated. */
function pricingLines(
  pricing: Pricing,
  direction: FlowDirection,
  bytes: bigint,
  currency: string,
): RatedLine[] {
  switch (pricing.model) {
    case 'none':
      return [];
    case 'linear':
      return linearLines(pricing, direction, bytes, currency);
    case 'graduated':
      return graduatedLines(pricing, direction, bytes, currency);
    case 'volume':
      return volumeLines(pricing, direction, bytes, currency);
  }
}

function totalsOf(lines: readonly RatedLine[]): Pick<Rating, 'payableByA' | 'payableByB' | 'net'> {
  let payableByA = 0n;
  let payableByB = 0n;
  for (const { payer, amount } of lines) {
    if (payer === 'A') payableByA += amount;
    else payableByB += amount;
  }
  const difference = payableByA - payableByB;
  if (difference === 0n) return { payableByA, payableByB, net: { amount: 0n, payer: null, payee: null } };
  if (difference > 0n) return { payableByA, payableByB, net: { amount: difference, payer: 'A', payee: 'B' } };
  return { payableByA, payableByB, net: { amount: -difference, payer: 'B', payee: 'A' } };
}
