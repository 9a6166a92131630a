import type { Transaction } from '../../platform/database/index.js';

export async function resumeAgreement(tx: Transaction, agreementId: string, at: Date): Promise<void> {
  await tx.query(
    `UPDATE agreement_suspensions SET resumed_at = $2 WHERE agreement_id = $1 AND resumed_at IS NULL`,
    [agreementId, at],
  );
}
