import type { Queryable } from '../../platform/database/index.js';
import type { ListPriceRow } from './list-price-row.js';

/** All prices of a provider, by side, region (every region first) and time. */
export async function listAllListPrices(tx: Queryable, providerId: string): Promise<ListPriceRow[]> {
  return tx.query<ListPriceRow>(
    `SELECT id, side, region, valid_from, unit, unit_price
       FROM list_prices
      WHERE provider_id = $1
      ORDER BY side COLLATE "C", region COLLATE "C", valid_from`,
    [providerId],
  );
}
