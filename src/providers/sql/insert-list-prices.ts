import type { Queryable } from '../../platform/database/index.js';
import type { ListPrice } from '../rules/list-price.js';

/** Adds the prices whose slot is free; gives the ids of those that were added. */
export async function insertListPrices(
  tx: Queryable,
  providerId: string,
  prices: readonly (ListPrice & { id: string })[],
): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `INSERT INTO list_prices (provider_id, id, side, region, valid_from, unit, unit_price, created_at)
     SELECT $1, id, side, region, valid_from, unit, unit_price, now()
       FROM unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::numeric[])
         AS price (id, side, region, valid_from, unit, unit_price)
      ORDER BY side, region, valid_from, id
     ON CONFLICT (provider_id, side, region, valid_from) DO NOTHING
     RETURNING id`,
    [
      providerId,
      prices.map(({ id }) => id),
      prices.map(({ side }) => side),
      prices.map(({ region }) => region ?? ''),
      prices.map(({ from }) => new Date(from)),
      prices.map(({ unit }) => unit),
      prices.map(({ unitPrice }) => unitPrice),
    ],
  );
  return rows.map(({ id }) => id);
}
