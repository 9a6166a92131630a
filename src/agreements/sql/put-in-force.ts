import type { Transaction } from '../../platform/database/index.js';

/** Marks a version as in force from now on. */
export async function putInForce(
  tx: Transaction,
  agreementId: string,
  version: number,
  inForceAt: Date,
): Promise<void> {
  await tx.query(
    `UPDATE agreement_versions SET in_force_at = $3
      WHERE agreement_id = $1 AND version = $2 AND in_force_at IS NULL`,
    [agreementId, version, inForceAt],
  );
}
