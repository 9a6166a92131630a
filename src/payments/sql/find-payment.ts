import type { Queryable } from '../../platform/database/index.js';
import { PAYMENT_COLUMNS, PAYMENT_TABLES, type PaymentRow } from './payment-row.js';

/** The payment with this id that `partyId` paid or received; with null, whoever did. */
export async function findPayment(
  db: Queryable,
  id: string,
  partyId: string | null,
): Promise<PaymentRow | undefined> {
  const [row] = await db.query<PaymentRow>(
    `SELECT ${PAYMENT_COLUMNS}
       FROM ${PAYMENT_TABLES}
      WHERE p.id = $1 AND ($2::uuid IS NULL OR $2 IN (p.payer_id, p.payee_id))`,
    [id, partyId],
  );
  return row;
}
