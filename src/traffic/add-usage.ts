import type { Transaction } from '../platform/database/index.js';
import type { UsageSums } from './rules/usage.js';
import { addBucketUsage } from './sql/add-bucket-usage.js';
import { addCustomerUsage } from './sql/add-customer-usage.js';
import { addPeriodUsage } from './sql/add-period-usage.js';

/** Adds a reporter's sums, of all periods or of those from one on. The caller holds the agreement's clock. */
export async function addUsage(
  tx: Transaction,
  agreementId: string,
  reporterId: string,
  sums: UsageSums,
  fromPeriod = '',
): Promise<void> {
  const isWanted = ({ period }: { period: string }): boolean => period >= fromPeriod;
  const records = [...sums.records].filter(([period]) => isWanted({ period }));
  await addBucketUsage(tx, agreementId, [...sums.buckets.values()].filter(isWanted));
  await addCustomerUsage(tx, agreementId, reporterId, [...sums.customers.values()].filter(isWanted));
  await addPeriodUsage(tx, agreementId, reporterId, new Map(records));
}
