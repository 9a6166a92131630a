import type { Transaction } from '../../platform/database/index.js';

/** Lets one batch of a reporter at a time into an agreement: two that share ids would deadlock. */
export async function lockReporter(tx: Transaction, agreementId: string, reporterId: string): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [
    `batch ${agreementId} ${reporterId}`,
  ]);
}
