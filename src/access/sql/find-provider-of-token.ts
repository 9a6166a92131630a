import type { Queryable } from '../../platform/database/index.js';

/** The id of the provider whose code a token names. */
export async function findProviderOfToken(database: Queryable, code: string): Promise<string | undefined> {
  const rows = await database.query<{ id: string }>(`SELECT id FROM providers WHERE code = $1`, [code]);
  return rows[0]?.id;
}
