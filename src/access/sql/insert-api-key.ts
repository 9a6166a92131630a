import type { Queryable } from '../../platform/database/index.js';
import type { Scope } from '../rules/scopes.js';

export interface NewApiKeyRow {
  id: string;
  providerId: string | null;
  name: string;
  scopes: readonly Scope[];
  key_sha256: Buffer;
  expiresAt: Date | null;
}

/** Stores a key's hash and what it allows; gives when it was stored. */
export async function insertApiKey(tx: Queryable, row: NewApiKeyRow): Promise<Date> {
  const rows = await tx.query<{ created_at: Date }>(
    `INSERT INTO api_keys (id, provider_id, name, scopes, key_sha256, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, now(), $6)
     RETURNING created_at`,
    [row.id, row.providerId, row.name, row.scopes, row.key_sha256, row.expiresAt],
  );
  return rows[0]!.created_at;
}
