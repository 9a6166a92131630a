import type { Queryable } from '../../platform/database/index.js';

export interface CreditTotals {
  count: number;
  bytes: string;
  unpricedBytes: string;
  /** Minor units of the provider's billing currency at the time. */
  amount: string;
}

/** What a provider's credits of a statement add up to. */
export async function sumCredits(
  db: Queryable,
  owner: { agreementId: string; statementId: string; providerId: string },
): Promise<CreditTotals> {
  const [row] = await db.query<CreditTotals>(
    `SELECT count(*)::integer AS count, coalesce(sum(bytes), 0) AS bytes,
            coalesce(sum(bytes) FILTER (WHERE amount IS NULL), 0) AS "unpricedBytes",
            coalesce(sum(amount), 0) AS amount
       FROM credits
      WHERE agreement_id = $1 AND statement_id = $2 AND provider_id = $3`,
    [owner.agreementId, owner.statementId, owner.providerId],
  );
  return row!;
}
