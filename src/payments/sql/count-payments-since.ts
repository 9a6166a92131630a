import type { Queryable } from '../../platform/database/index.js';

/** How many of an agreement's payments were confirmed from an instant on and are not reversed. */
export async function countPaymentsSince(db: Queryable, agreementId: string, from: Date): Promise<number> {
  const [row] = await db.query<{ count: string }>(
    `SELECT count(*) FROM payments WHERE agreement_id = $1 AND state = 'confirmed' AND confirmed_at >= $2`,
    [agreementId, from],
  );
  return Number(row!.count);
}
