import type { Transaction } from '../../platform/database/index.js';

/** Marks a payment as confirmed, by a provider or, with null, the operator. `recorded` is the figure of the agreement's clock. */
export async function confirmPayment(
  tx: Transaction,
  payment: { agreementId: string; id: string },
  by: { providerId: string | null; at: Date; recorded: bigint },
): Promise<void> {
  await tx.query(
    `UPDATE payments SET state = 'confirmed', confirmed_at = $3, confirmed_by = $4, confirmed_recorded = $5
      WHERE agreement_id = $1 AND id = $2`,
    [payment.agreementId, payment.id, by.at, by.providerId, by.recorded],
  );
}
