import type { Queryable } from '../../platform/database/index.js';

export interface DirectedPaymentRow {
  payerId: string;
  amount: string;
  statementIds: string[];
}

/** An agreement's confirmed payments that name statements, in the order of their confirmation. */
export async function listDirectedPayments(
  db: Queryable,
  agreementId: string,
): Promise<DirectedPaymentRow[]> {
  return db.query<DirectedPaymentRow>(
    `SELECT payer_id AS "payerId", amount, statement_ids AS "statementIds"
       FROM payments
      WHERE agreement_id = $1 AND state = 'confirmed' AND statement_ids <> '{}'
      ORDER BY confirmed_at, id`,
    [agreementId],
  );
}
