import type { Transaction } from '../../platform/database/index.js';

/** Lets one change of a provider's keys at a time happen. */
export async function lockCustomerKeys(tx: Transaction, providerId: string): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [`customer keys ${providerId}`]);
}
