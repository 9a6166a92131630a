import { compare, formatDecimal, parseDecimal } from '../../money/index.js';
import type { Instant } from '../../period/index.js';
import type { ListPrice } from '../../providers/index.js';
import type { ReportedDirection, TrafficRecord } from './traffic-record.js';

/** The price at which a customer's bytes would be credited (domain contract, section 8). */
export interface CreditPrice {
  /** Start of the list price that governs, in ms; the beginning of time for the ingress default. */
  priceFrom: Instant;
  /** Region of that list price; '' for one that covers every region. */
  region: string;
  unit: string;
  /** Canonical decimal, or '' where no price was in force. */
  unitPrice: string;
}

/** Ingress is free unless a provider says otherwise (domain contract, section 1). */
const INGRESS_DEFAULT: CreditPrice = { priceFrom: 0, region: '', unit: 'GB', unitPrice: '0' };
const UNPRICED: CreditPrice = { priceFrom: 0, region: '', unit: 'GB', unitPrice: '' };

/**
 * The price of a record's bytes at an instant: the reporter's list price for its own region, else for all
 * regions, or what the customer was charged if that is lower.
 */
export function creditPriceAt(prices: readonly ListPrice[], record: TrafficRecord, at: Instant): CreditPrice {
  const listed = listPriceAt(prices, record.direction, ownRegion(record), at);
  if (!listed) return record.direction === 'ingress' ? INGRESS_DEFAULT : UNPRICED;
  const list = parseDecimal(listed.unitPrice);
  const charged = record.chargedUnitPrice === null ? list : parseDecimal(record.chargedUnitPrice);
  return {
    priceFrom: listed.from,
    region: listed.region ?? '',
    unit: listed.unit,
    unitPrice: formatDecimal(compare(charged, list) < 0 ? charged : list, 12),
  };
}

/** Instants inside an interval at which the reporter's prices for that side change, ascending. */
export function priceCuts(
  prices: readonly ListPrice[],
  side: ReportedDirection,
  start: Instant,
  end: Instant,
): Instant[] {
  const cuts = prices.filter((price) => price.side === side && price.from > start && price.from < end);
  return [...new Set(cuts.map(({ from }) => from))].sort((a, b) => a - b);
}

/** Each side charges by its own end of the flow. */
function ownRegion(record: TrafficRecord): string | null {
  return record.direction === 'egress' ? record.sourceRegion : record.destinationRegion;
}

function listPriceAt(
  prices: readonly ListPrice[],
  side: ReportedDirection,
  region: string | null,
  at: Instant,
): ListPrice | undefined {
  let found: ListPrice | undefined;
  for (const price of prices) {
    if (price.side !== side || price.from > at) continue;
    if (price.region !== null && price.region !== region) continue;
    const closer = (price.region !== null ? 1 : 0) - (found && found.region !== null ? 1 : 0);
    if (!found || closer > 0 || (closer === 0 && price.from > found.from)) found = price;
  }
  return found;
}
