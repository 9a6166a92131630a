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

/** What a party gives for a period, and the shares that yield no credit because no customer was charged. */
export interface CreditsOfParty {
  credits: Credit[];
  withoutCustomer: CustomerUsage[];
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
): CreditsOfParty {
  const given: CreditsOfParty = { credits: [], withoutCustomer: [] };
  for (const direction of FLOW_DIRECTIONS) {
    const side = creditSideOf(party, direction);
    const claims = usage.filter((claim) => claim.direction === direction);
    for (const { claim, bytes } of shareCredits(zeroRatedBytes[direction], claims)) {
      const { customer, unit, unitPrice, priceFrom, region } = claim;
      if (bytes === 0n) continue;
      if (customer === null) {
        given.withoutCustomer.push({ ...claim, direction, bytes });
        continue;
      }
      const amount = unitPrice === null ? null : creditAmount(bytes, unit, unitPrice, billingCurrency);
      given.credits.push({ customer, direction, side, bytes, unit, unitPrice, priceFrom, region, amount });
    }
  }
  return given;
}

/** At which of its prices a party credits a flow: what it sends as egress, what it receives as ingress. */
export function creditSideOf(party: Side, direction: FlowDirection): Credit['side'] {
  return (party === 'A') === (direction === 'aToB') ? 'egress' : 'ingress';
}
