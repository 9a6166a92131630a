import type { Queryable } from '../../platform/database/index.js';

/** A payment that was confirmed, or taken back after that. */
export interface PaymentEventRow {
  id: string;
  kind: 'confirmed' | 'reversed';
  payerId: string;
  amount: string;
  paidAt: Date;
  reversedAt: Date | null;
}

/** What happened to an agreement's payments after a figure of its clock, up to another, in its order. */
export async function listPaymentEvents(
  db: Queryable,
  agreementId: string,
  { after, upTo }: { after: bigint; upTo: bigint },
): Promise<PaymentEventRow[]> {
  return db.query<PaymentEventRow>(
    `SELECT id, event.kind, payer_id AS "payerId", amount, paid_at AS "paidAt", reversed_at AS "reversedAt"
       FROM payments,
            LATERAL (VALUES ('confirmed', confirmed_recorded), ('reversed', reversed_recorded))
              AS event (kind, recorded)
      WHERE agreement_id = $1 AND event.recorded > $2 AND event.recorded <= $3
      ORDER BY event.recorded, id, event.kind`,
    [agreementId, after, upTo],
  );
}
