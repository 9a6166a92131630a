import type { Queryable } from '../../platform/database/index.js';
import type { Scope } from '../rules/scopes.js';

export interface ApiKeyRow {
  id: string;
  name: string;
  scopes: Scope[];
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  last_used_at: Date | null;
}

/** A provider's keys in the order they were made, from after the given id on. */
export async function listApiKeys(
  database: Queryable,
  query: { providerId: string; afterId: string | null; limit: number },
): Promise<ApiKeyRow[]> {
  return database.query<ApiKeyRow>(
    `SELECT id, name, scopes, created_at, expires_at, revoked_at, last_used_at
       FROM api_keys
      WHERE provider_id = $1 AND ($2::uuid IS NULL OR id > $2)
      ORDER BY id
      LIMIT $3`,
    [query.providerId, query.afterId, query.limit],
  );
}
