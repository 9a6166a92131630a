import type { Transaction } from '../../platform/database/index.js';

export interface NewPayment {
  agreementId: string;
  id: string;
  payerId: string;
  payeeId: string;
  /** Minor units, above 0. */
  amount: bigint;
  currency: string;
  paidAt: Date;
  reference: string;
  statementIds: readonly string[];
  recordedAt: Date;
  /** A provider, or null for the operator. */
  recordedBy: string | null;
}

/** Stores a payment as it is recorded. */
export async function insertPayment(tx: Transaction, payment: NewPayment): Promise<void> {
  await tx.query(
    `INSERT INTO payments (agreement_id, id, payer_id, payee_id, amount, currency, paid_at, reference,
       statement_ids, recorded_at, recorded_by, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'recorded')`,
    [
      payment.agreementId,
      payment.id,
      payment.payerId,
      payment.payeeId,
      payment.amount,
      payment.currency,
      payment.paidAt,
      payment.reference,
      payment.statementIds,
      payment.recordedAt,
      payment.recordedBy,
    ],
  );
}
