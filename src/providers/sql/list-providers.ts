import type { Queryable } from '../../platform/database/index.js';
import type { ProviderRow } from './provider-row.js';

/** Providers in the order they were registered, from after the given id on. */
export async function listProviders(
  database: Queryable,
  query: { afterId: string | null; limit: number },
): Promise<ProviderRow[]> {
  return database.query<ProviderRow>(
    `SELECT id, code, name, asns, billing_currency, created_at
       FROM providers
      WHERE $1::uuid IS NULL OR id > $1
      ORDER BY id
      LIMIT $2`,
    [query.afterId, query.limit],
  );
}
