import type { FlowDirection, Side, TrafficUnit } from '../../agreements/index.js';
import { FLOW_DIRECTIONS } from '../../agreements/rules/terms.js';
import type { Instant } from '../../period/index.js';
import { creditAmount, shareCredits, type CreditClaim } from '../../rating/index.js';

/** A reporter's sum for one customer and price, inside the zero-rating's limits. */
export interface CustomerUsage extends CreditClaim {
  direction: FlowDirection;
}

/** What a provider credits to one of its own customers, for one direction and price. */
export interface Credit {
  customer: string;
  direction: FlowDirection;
  side: 'egress' | 'ingress';
  bytes: bigint;
  unit: TrafficUnit;
  /** null, with the amount, where no price was in force: listed, and credited once there is one. */
  unitPrice: string | null;
  priceFrom: Instant | null;
  region: string | null;
  /** Minor units of the provider's billing currency. */
  amount: bigint | null;
}

/**
 * The credits a party gives to its own customers when a statement is issued (domain contract, section 8):
 * for a flow that it sends at its egress price, for one that it receives at its ingress price.
 */
export function creditsOfParty(
  party: Side,
  zeroRatedBytes: Record<FlowDirection, bigint>,
  usage: readonly CustomerUsage[],
  billingCurrency: string,
): Credit[] {
  return FLOW_DIRECTIONS.flatMap((direction) => {
    const side = (party === 'A') === (direction === 'aToB') ? 'egress' : 'ingress';
    const claims = usage.filter((claim) => claim.direction === direction);
    return shareCredits(zeroRatedBytes[direction], claims).flatMap(({ claim, bytes }): Credit[] => {
      const { customer, unit, unitPrice, priceFrom, region } = claim;
      if (customer === null || bytes === 0n) return [];
      const amount = unitPrice === null ? null : creditAmount(bytes, unit, unitPrice, billingCurrency);
      return [{ customer, direction, side, bytes, unit, unitPrice, priceFrom, region, amount }];
    });
  });
}
