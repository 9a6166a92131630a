import type { Transaction } from '../../platform/database/index.js';

/** Marks a payment as reversed, by a provider or, with null, the operator. `recorded` is the figure of the agreement's clock. */
export async function reversePayment(
  tx: Transaction,
  payment: { agreementId: string; id: string },
  by: { providerId: string | null; at: Date; recorded: bigint; reason: string | null },
): Promise<void> {
  await tx.query(
    `UPDATE payments SET state = 'reversed', reversed_at = $3, reversed_by = $4, reversal_reason = $5,
            reversed_recorded = CASE WHEN confirmed_at IS NOT NULL THEN $6::bigint END
      WHERE agreement_id = $1 AND id = $2`,
    [payment.agreementId, payment.id, by.at, by.providerId, by.reason, by.recorded],
  );
}
