import type { Transaction } from '../../platform/database/index.js';

/** Marks a payment as confirmed, by a provider or, with null, the operator. The agreement's clock is held. */
export async function confirmPayment(
  tx: Transaction,
  payment: { agreementId: string; id: string },
  by: { providerId: string | null; at: Date },
): Promise<void> {
  await tx.query(
    `UPDATE payments SET state = 'confirmed', confirmed_at = $3, confirmed_by = $4
      WHERE agreement_id = $1 AND id = $2`,
    [payment.agreementId, payment.id, by.at, by.providerId],
  );
}
