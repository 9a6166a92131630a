import type { Queryable } from '../../platform/database/index.js';
import type { ListPriceRow } from './list-price-row.js';

/** A provider's prices in the order they were added, from after the given id on. */
export async function listListPrices(
  database: Queryable,
  query: { providerId: string; afterId: string | null; limit: number },
): Promise<ListPriceRow[]> {
  return database.query<ListPriceRow>(
    `SELECT id, side, region, valid_from, unit, unit_price
       FROM list_prices
      WHERE provider_id = $1 AND ($2::uuid IS NULL OR id > $2)
      ORDER BY id
      LIMIT $3`,
    [query.providerId, query.afterId, query.limit],
  );
}
