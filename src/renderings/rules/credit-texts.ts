import { stringify } from 'csv-stringify/sync';
import type { CreditView } from '../../settlement/index.js';
import { inertCell } from './inert-cell.js';

export const CREDIT_COLUMNS = [
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
    region: inertCell(credit.region),
  }));
  return stringify(rows, { header, columns: [...CREDIT_COLUMNS], record_delimiter: '\r\n' });
}
