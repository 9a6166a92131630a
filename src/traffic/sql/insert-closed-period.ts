import type { Transaction } from '../../platform/database/index.js';

export async function insertClosedPeriod(
  tx: Transaction,
  agreementId: string,
  period: string,
): Promise<void> {
  await tx.query(`INSERT INTO closed_periods (agreement_id, period) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
    agreementId,
    period,
  ]);
}
