import { copyText, type Transaction } from '../../platform/database/index.js';
import type { UsageRows } from '../rules/usage-rows.js';

/** Puts usage into the tables of `prepare-usage.ts`; the same sum may come in several rows. */
export async function copyUsage(tx: Transaction, rows: UsageRows): Promise<void> {
  await copyText(tx, 'COPY incoming_buckets FROM STDIN', rows.buckets);
  await copyText(tx, 'COPY incoming_customers FROM STDIN', rows.customers);
  await copyText(tx, 'COPY incoming_periods FROM STDIN', rows.periods);
  await copyText(tx, 'COPY incoming_changes FROM STDIN', rows.changes);
  await copyText(tx, 'COPY incoming_terms FROM STDIN', rows.terms);
}
