import type { TrafficUnit } from '../../money/index.js';
import type { Instant } from '../../period/index.js';

export const PRICE_SIDES = ['egress', 'ingress'] as const;

export type PriceSide = (typeof PRICE_SIDES)[number];

/** What a provider charges its own customers a unit, from an instant on until its next price. */
export interface ListPrice {
  side: PriceSide;
  /** The region it is for; null where it is for every region that has no price of its own. */
  region: string | null;
  /** A UTC midnight, in milliseconds. */
  from: Instant;
  unit: TrafficUnit;
  /** A decimal text with up to 12 decimals. */
  unitPrice: string;
}

/** Whether two prices of one slot say the same; 0.20 is 0.2. */
export function samePrice(a: ListPrice, b: ListPrice): boolean {
  return a.unit === b.unit && withoutTrailingZeros(a.unitPrice) === withoutTrailingZeros(b.unitPrice);
}

/** The price's slot as one text, to look it up by. */
export function slotOf(price: ListPrice): string {
  return JSON.stringify([price.side, price.region, price.from]);
}

function withoutTrailingZeros(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}
