import type { Transaction } from '../../platform/database/index.js';

export async function setLastPeriod(tx: Transaction, agreementId: string, lastPeriod: string): Promise<void> {
  await tx.query(`UPDATE agreements SET last_period = $2 WHERE id = $1`, [agreementId, lastPeriod]);
}
