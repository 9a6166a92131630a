import type { Transaction } from '../platform/database/index.js';
import { addBucketUsage } from './sql/add-bucket-usage.js';
import { addCustomerUsage } from './sql/add-customer-usage.js';
import { addLateUsage } from './sql/add-late-usage.js';
import { addPeriodUsage } from './sql/add-period-usage.js';

/**
 * Adds the usage of a reporter's batch, which was copied in, to the stored sums, and notes what it changes of
 * issued periods. The caller holds the agreement's clock and advances it once after this, for the batch.
 */
export async function addUsage(tx: Transaction, agreementId: string, reporterId: string): Promise<void> {
  await addBucketUsage(tx, agreementId);
  await addCustomerUsage(tx, agreementId, reporterId);
  await addPeriodUsage(tx, agreementId, reporterId);
  await addLateUsage(tx, agreementId);
}
