import { stringify } from 'csv-stringify/sync';
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

const COLUMNS = [
  'id',
  'provider',
  'customer',
  'direction',
  'side',
  'bytes',
  'unit',
  'unitPrice',
  'priceFrom',
  'region',
  'amount',
  'currency',
  'state',
  'period',
  'refersTo',
] as const satisfies readonly (keyof CreditView)[];

/** A part of the credits as CSV; the first part has the header. */
export function creditsCsv(credits: readonly CreditView[], header: boolean): string {
  const rows = credits.map((credit) => ({
    ...credit,
    customer: inertCell(credit.customer),
    region: credit.region && inertCell(credit.region),
  }));
  return stringify(rows, { header, columns: [...COLUMNS], record_delimiter: '\r\n' });
}

/** Keeps a spreadsheet from taking a provider's own text for a formula (OWASP, CSV injection). */
function inertCell(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
