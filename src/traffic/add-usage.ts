import type { Transaction } from '../platform/database/index.js';
import type { UsageSums } from './rules/usage.js';
import { addBucketUsage } from './sql/add-bucket-usage.js';
import { addCustomerUsage } from './sql/add-customer-usage.js';
import { addLateUsage } from './sql/add-late-usage.js';
import { addPeriodUsage } from './sql/add-period-usage.js';

/**
 * Adds a batch's sums, and notes what it changes of issued periods. The caller holds the agreement's clock and
 * advances it once after this, for the batch.
 */
export async function addUsage(
  tx: Transaction,
  agreementId: string,
  reporterId: string,
  sums: UsageSums,
): Promise<void> {
  await addBucketUsage(tx, agreementId, [...sums.buckets.values()], sums.judging);
  await addCustomerUsage(tx, agreementId, reporterId, [...sums.customers.values()]);
  await addPeriodUsage(tx, agreementId, reporterId, sums.records);
  await addLateUsage(tx, agreementId, [...sums.changes.values()]);
}
