import type { Transaction } from '../../platform/database/index.js';

export async function suspendAgreement(
  tx: Transaction,
  agreementId: string,
  suspendedBy: string | null,
  at: Date,
): Promise<void> {
  await tx.query(
    `INSERT INTO agreement_suspensions (agreement_id, suspended_at, suspended_by) VALUES ($1, $2, $3)`,
    [agreementId, at, suspendedBy],
  );
}
