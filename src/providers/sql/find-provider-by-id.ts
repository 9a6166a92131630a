import type { Queryable } from '../../platform/database/index.js';
import type { ProviderRow } from './provider-row.js';

/** The provider with this id. */
export async function findProviderById(database: Queryable, id: string): Promise<ProviderRow | undefined> {
  const rows = await database.query<ProviderRow>(
    `SELECT id, code, name, asns, billing_currency, created_at FROM providers WHERE id = $1`,
    [id],
  );
  return rows[0];
}
