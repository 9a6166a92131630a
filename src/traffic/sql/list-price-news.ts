import type { Queryable } from '../../platform/database/index.js';

/** Ids of list prices of which an agreement heard only after its clock showed a figure. */
export async function listPriceNews(
  db: Queryable,
  agreementId: string,
  providerId: string,
  after: bigint,
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `SELECT price_id AS id FROM price_news WHERE agreement_id = $1 AND provider_id = $2 AND recorded > $3`,
    [agreementId, providerId, after],
  );
  return rows.map(({ id }) => id);
}
