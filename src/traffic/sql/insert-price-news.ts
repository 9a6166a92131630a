import type { Transaction } from '../../platform/database/index.js';

/** Notes at which figure of its clock an agreement heard of list prices of a party. */
export async function insertPriceNews(
  tx: Transaction,
  heard: { agreementId: string; providerId: string; recorded: bigint },
  prices: readonly { id: string }[],
): Promise<void> {
  await tx.query(
    `INSERT INTO price_news (agreement_id, provider_id, price_id, recorded)
     SELECT $1::uuid, $2::uuid, price.id, $3::bigint FROM unnest($4::uuid[]) AS price (id)`,
    [heard.agreementId, heard.providerId, heard.recorded, prices.map(({ id }) => id)],
  );
}
