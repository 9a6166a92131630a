import type { Transaction } from '../../platform/database/index.js';
import type { UsageSource } from './each-current-record.js';

/** Forgets what a reporter's records added up to by customer from a period on. */
export async function deleteCustomerUsage(
  tx: Transaction,
  { agreementId, reporterId }: UsageSource,
  fromPeriod: string,
): Promise<void> {
  await tx.query(
    `DELETE FROM usage_customers WHERE agreement_id = $1 AND period >= $2 AND reporter_id = $3`,
    [agreementId, fromPeriod, reporterId],
  );
}
