import type { FlowDirection } from '../../agreements/index.js';
import {
  compare,
  floor,
  multiply,
  quantityOf,
  rational,
  subtract,
  unitBytes,
  type Rational,
} from '../../money/index.js';
import type { RatedLine } from './line.js';
import { flatFeeLines, tierRanges, tierUsageLine, type TieredPricing } from './tiers.js';

/**
 * The lines of a graduated price: each tier's price for the part in it, and the flat fees that are due: the
 * first tier's always, another's once the quantity exceeds its lower bound (section 6).
 */
export function graduatedLines(
  pricing: TieredPricing,
  direction: FlowDirection,
  bytes: bigint,
  currency: string,
): RatedLine[] {
  const unit = rational(unitBytes(pricing.unit));
  const total = quantityOf(bytes, pricing.unit);
  const lines: RatedLine[] = [];
  for (const range of tierRanges(pricing.tiers)) {
    const reached = compare(total, range.lower) > 0;
    if (reached) {
      const upper = smallerOf(total, range.upper);
      // A bound may lie inside a byte: amounts use the exact parts, and bytes shown are differences of floors,
      // which add up to the total.
      const partBytes = floor(multiply(upper, unit)) - floor(multiply(range.lower, unit));
      const quantity = subtract(upper, range.lower);
      lines.push(tierUsageLine({ pricing, direction, range, bytes: partBytes, quantity }, currency));
    }
    if (reached || range.number === 1) lines.push(...flatFeeLines(pricing, direction, range, currency));
  }
  return lines;
}

function smallerOf(total: Rational, upper: Rational | null): Rational {
  return upper === null || compare(total, upper) <= 0 ? total : upper;
}
