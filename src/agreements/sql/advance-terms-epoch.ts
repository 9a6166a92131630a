import type { Transaction } from '../../platform/database/index.js';

/** Tells batches under way that the terms or prices they began with no longer hold. */
export async function advanceTermsEpoch(tx: Transaction, agreementId: string): Promise<void> {
  await tx.query(`UPDATE agreement_clocks SET terms_epoch = terms_epoch + 1 WHERE agreement_id = $1`, [
    agreementId,
  ]);
}
