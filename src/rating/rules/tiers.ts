import type { FlowDirection, Pricing, Tier } from '../../agreements/index.js';
import {
  amountOf,
  compare,
  formatDecimal,
  minorUnitsOf,
  parseDecimal,
  ZERO,
  type Rational,
} from '../../money/index.js';
import { partiesOf, type RatedLine } from './line.js';

export type TieredPricing = Extract<Pricing, { model: 'graduated' | 'volume' }>;

/** A tier with its bounds in the pricing's unit: it holds (lower, upper], and the first one 0 as well. */
export interface TierRange {
  /** 1-based. */
  number: number;
  tier: Tier;
  lower: Rational;
  /** null: open. */
  upper: Rational | null;
}

/** The tiers with their bounds. Throws RangeError unless the bounds rise and only the last tier is open. */
export function tierRanges(tiers: readonly Tier[]): TierRange[] {
  let lower = ZERO;
  const ranges = tiers.map((tier, i): TierRange => {
    const upper = tier.upTo === null ? null : parseDecimal(tier.upTo);
    if (upper === null ? i < tiers.length - 1 : compare(upper, lower) <= 0) {
      throw new RangeError(`Tier ${i + 1}: bounds rise, and only the last tier is open`);
    }
    const range = { number: i + 1, tier, lower, upper };
    if (upper !== null) lower = upper;
    return range;
  });
  if (ranges.at(-1)?.upper !== null) throw new RangeError('The last tier has no upper bound');
  return ranges;
}

/** What a tier charges for the part of a flow that it prices. */
export interface TierCharge {
  pricing: TieredPricing;
  direction: FlowDirection;
  range: TierRange;
  bytes: bigint;
  quantity: Rational;
}

/** The usage line of a tier, at the tier's price. */
export function tierUsageLine(charge: TierCharge, currency: string): RatedLine {
  const { pricing, direction, range, bytes, quantity } = charge;
  return {
    kind: 'usage',
    direction,
    tier: range.number,
    bytes,
    quantity: formatDecimal(quantity, 12),
    unit: pricing.unit,
    unitPrice: range.tier.unitPrice,
    amount: amountOf(quantity, parseDecimal(range.tier.unitPrice), currency),
    ...partiesOf(direction, pricing.payer),
  };
}

/** The line of a tier's flat fee; none when it has none, or one of 0. */
export function flatFeeLines(
  pricing: TieredPricing,
  direction: FlowDirection,
  { tier, number }: TierRange,
  currency: string,
): RatedLine[] {
  if (tier.flatFee === undefined) return [];
  const fee = parseDecimal(tier.flatFee);
  if (fee.numerator === 0n) return [];
  return [
    {
      kind: 'flat_fee',
      direction,
      tier: number,
      bytes: null,
      quantity: '1',
      unit: 'flat',
      unitPrice: tier.flatFee,
      amount: minorUnitsOf(fee, currency),
      ...partiesOf(direction, pricing.payer),
    },
  ];
}
