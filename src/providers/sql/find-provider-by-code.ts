import type { Queryable } from '../../platform/database/index.js';
import type { ProviderRow } from './provider-row.js';

/** The provider with this code. */
export async function findProviderByCode(
  database: Queryable,
  code: string,
): Promise<ProviderRow | undefined> {
  const rows = await database.query<ProviderRow>(
    `SELECT id, code, name, asns, billing_currency, created_at FROM providers WHERE code = $1`,
    [code],
  );
  return rows[0];
}
