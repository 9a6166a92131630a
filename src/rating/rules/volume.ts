import type { FlowDirection } from '../../agreements/index.js';
import { compare, quantityOf } from '../../money/index.js';
import type { RatedLine } from './line.js';
import { flatFeeLines, tierRanges, tierUsageLine, type TieredPricing } from './tiers.js';

/**
 * The lines of a volume price: the landing tier's price for everything, back to the first byte, and that
 * tier's flat fee alone. A bound belongs to the tier below it (section 6).
 */
export function volumeLines(
  pricing: TieredPricing,
  direction: FlowDirection,
  bytes: bigint,
  currency: string,
): RatedLine[] {
  const quantity = quantityOf(bytes, pricing.unit);
  const range = tierRanges(pricing.tiers).find(
    ({ upper }) => upper === null || compare(quantity, upper) <= 0,
  )!;
  const fees = flatFeeLines(pricing, direction, range, currency);
  if (bytes === 0n) return fees;
  return [tierUsageLine({ pricing, direction, range, bytes, quantity }, currency), ...fees];
}
