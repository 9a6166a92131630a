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
}

export function creditView(credit: StoredCredit, provider: string): CreditView {
  const { id, customer, direction, side, bytes, unit, unitPrice, priceFrom, region, amount, currency } =
    credit;
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
