import type { FlowDirection, Pricing } from '../../agreements/index.js';
import { amountOf, formatDecimal, parseDecimal, quantityOf } from '../../money/index.js';
import { partiesOf, type RatedLine } from './line.js';

export type LinearPricing = Extract<Pricing, { model: 'linear' }>;

/** The line of one price for every byte (section 6); none without bytes. */
export function linearLines(
  pricing: LinearPricing,
  direction: FlowDirection,
  bytes: bigint,
  currency: string,
): RatedLine[] {
  if (bytes === 0n) return [];
  const quantity = quantityOf(bytes, pricing.unit);
  return [
    {
      kind: 'usage',
      direction,
      tier: null,
      bytes,
      quantity: formatDecimal(quantity, 12),
      unit: pricing.unit,
      unitPrice: pricing.unitPrice,
      amount: amountOf(quantity, parseDecimal(pricing.unitPrice), currency),
      ...partiesOf(direction, pricing.payer),
    },
  ];
}
