import type { Queryable } from '../../platform/database/index.js';
import type { Scope } from '../rules/scopes.js';

export interface SessionRow {
  id: string;
  key_id: string;
  scopes: Scope[];
  provider_id: string | null;
  provider_code: string | null;
  created_at: Date;
  expires_at: Date;
  /** False once it is over or idle for too long, or its key revoked or expired. */
  is_live: boolean;
}

/** The session with this secret; with the provider's code and the state of its key, to be one query. */
export async function findSession(
  database: Queryable,
  secret_sha256: Buffer,
  idle_s: number,
): Promise<SessionRow | undefined> {
  const rows = await database.query<SessionRow>(
    `SELECT sessions.id, sessions.key_id, sessions.scopes, sessions.provider_id, providers.code AS provider_code,
            sessions.created_at, sessions.expires_at,
            sessions.expires_at > now()
              AND sessions.last_used_at > now() - make_interval(secs => $2)
              AND (sessions.api_key_id IS NULL
                   OR (api_keys.id IS NOT NULL AND api_keys.revoked_at IS NULL
                       AND (api_keys.expires_at IS NULL OR api_keys.expires_at > now()))) AS is_live
       FROM sessions
       LEFT JOIN providers ON providers.id = sessions.provider_id
       LEFT JOIN api_keys ON api_keys.id = sessions.api_key_id
      WHERE sessions.secret_sha256 = $1`,
    [secret_sha256, idle_s],
  );
  return rows[0];
}
