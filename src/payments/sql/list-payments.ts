import type { Queryable } from '../../platform/database/index.js';
import { PAYMENT_COLUMNS, PAYMENT_TABLES, type PaymentRow } from './payment-row.js';

export interface PaymentFilter {
  /** Paid or received by it; null for whoever. */
  partyId: string | null;
  agreement: string | null;
  payer: string | null;
  state: string | null;
}

/** Payments, latest first, before the one with `beforeId`. */
export async function listPayments(
  db: Queryable,
  filter: PaymentFilter,
  beforeId: string | null,
  limit: number,
): Promise<PaymentRow[]> {
  return db.query<PaymentRow>(
    `SELECT ${PAYMENT_COLUMNS}
       FROM ${PAYMENT_TABLES}
      WHERE ($1::uuid IS NULL OR $1 IN (p.payer_id, p.payee_id))
        AND ($2::text IS NULL OR a.code = $2)
        AND ($3::text IS NULL OR payer.code = $3)
        AND ($4::text IS NULL OR p.state = $4)
        AND ($5::uuid IS NULL OR p.id < $5)
      ORDER BY p.id DESC
      LIMIT $6`,
    [filter.partyId, filter.agreement, filter.payer, filter.state, beforeId, limit],
  );
}
