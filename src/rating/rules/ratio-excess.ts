import type { FlowDirection, RatioExcess } from '../../agreements/index.js';
import {
  amountOf,
  floor,
  formatDecimal,
  multiply,
  parseDecimal,
  quantityOf,
  rational,
  subtract,
} from '../../money/index.js';
import { counterpartyOf, senderOf, type RatedLine } from './line.js';

/**
 * The line of the ratio excess over all settled bytes, zero-rated ones included: the heavier sender pays
 * max(0, S_heavy - r * S_light) * price (section 6). None without excess or when both sent the same.
 */
export function ratioExcessLines(
  terms: RatioExcess,
  settledBytes: Readonly<Record<FlowDirection, bigint>>,
  currency: string,
): RatedLine[] {
  const { aToB, bToA } = settledBytes;
  if (aToB === bToA) return [];
  const direction: FlowDirection = aToB > bToA ? 'aToB' : 'bToA';
  const [heavy, light] = direction === 'aToB' ? [aToB, bToA] : [bToA, aToB];
  const excessBytes = subtract(rational(heavy), multiply(parseDecimal(terms.ratio), rational(light)));
  if (excessBytes.numerator <= 0n) return [];

  const quantity = multiply(excessBytes, quantityOf(1n, terms.unit));
  const payer = senderOf(direction);
  return [
    {
      kind: 'ratio_excess',
      direction,
      tier: null,
      bytes: floor(excessBytes),
      quantity: formatDecimal(quantity, 12),
      unit: terms.unit,
      unitPrice: terms.unitPrice,
      amount: amountOf(quantity, parseDecimal(terms.unitPrice), currency),
      payer,
      payee: counterpartyOf(payer),
    },
  ];
}
