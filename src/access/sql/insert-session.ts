import type { Queryable } from '../../platform/database/index.js';
import type { Scope } from '../rules/scopes.js';

export interface NewSessionRow {
  id: string;
  secret_sha256: Buffer;
  keyId: string;
  /** The key that it was made from; null where it was a token. */
  apiKeyId: string | null;
  providerId: string | null;
  scopes: readonly Scope[];
  life_s: number;
  /** When the token expires. */
  expiresAt: Date | null;
}

/** Stores a session that lasts no longer than the key or token that it was made from; gives its times. */
export async function insertSession(
  tx: Queryable,
  row: NewSessionRow,
): Promise<{ createdAt: Date; expiresAt: Date }> {
  const rows = await tx.query<{ created_at: Date; expires_at: Date }>(
    `INSERT INTO sessions (id, secret_sha256, key_id, api_key_id, provider_id, scopes, created_at, expires_at, last_used_at)
     VALUES ($1, $2, $3, $4, $5, $6, now(),
             least(now() + make_interval(secs => $7), $8, (SELECT expires_at FROM api_keys WHERE id = $4)), now())
     RETURNING created_at, expires_at`,
    [
      row.id,
      row.secret_sha256,
      row.keyId,
      row.apiKeyId,
      row.providerId,
      row.scopes,
      row.life_s,
      row.expiresAt,
    ],
  );
  return { createdAt: rows[0]!.created_at, expiresAt: rows[0]!.expires_at };
}
