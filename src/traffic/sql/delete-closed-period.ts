import type { Transaction } from '../../platform/database/index.js';

export async function deleteClosedPeriod(
  tx: Transaction,
  agreementId: string,
  period: string,
): Promise<void> {
  await tx.query(`DELETE FROM closed_periods WHERE agreement_id = $1 AND period = $2`, [agreementId, period]);
}
