import type { FlowDirection } from '../../agreements/index.js';
import { formatAmount } from '../../money/index.js';
import { formatInstant } from '../../period/index.js';

/** A credit as it was stored when its statement was issued. */
export interface StoredCredit {
  id: string;
  customer: string;
  direction: FlowDirection;
  side: 'egress' | 'ingress';
  bytes: string;
  unit: string;
  unitPrice: string | null;
  priceFrom: Date | null;
  region: string | null;
  /** Minor units. */
  amount: string | null;
  currency: string;
  /** The period of the traffic. */
  period: string;
  /** The credit that it changes, of an issued period; else null. */
  refersTo: string | null;
}

/** A credit as its provider sees it. */
export interface CreditView {
  id: string;
  provider: string;
  customer: string;
  direction: string;
  side: string;
  bytes: string;
  unit: string;
  unitPrice: string | null;
  priceFrom: string | null;
  region: string | null;
  amount: string | null;
  currency: string;
  state: 'credited' | 'unpriced';
  period: string;
  refersTo: string | null;
}

export function creditView(credit: StoredCredit, provider: string): CreditView {
  const { id, customer, direction, side, bytes, unit, unitPrice, priceFrom, region, amount, currency } =
    credit;
  const { period, refersTo } = credit;
  return {
    id,
    provider,
    customer,
    direction,
    side,
    bytes,
    unit,
    unitPrice,
    priceFrom: priceFrom && formatInstant(priceFrom.getTime()),
    region,
    amount: amount === null ? null : formatAmount(BigInt(amount), currency),
    currency,
    state: amount === null ? 'unpriced' : 'credited',
    period,
    refersTo,
  };
}
