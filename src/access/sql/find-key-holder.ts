import type { Queryable } from '../../platform/database/index.js';
import type { Scope } from '../rules/scopes.js';

export interface KeyHolderRow {
  id: string;
  scopes: Scope[];
  provider_id: string | null;
  provider_code: string | null;
  /** False once it is revoked or expired. */
  is_live: boolean;
}

/** Who holds a key, or held it; with the provider's code, to be one query. */
export async function findKeyHolder(
  database: Queryable,
  key_sha256: Buffer,
): Promise<KeyHolderRow | undefined> {
  const rows = await database.query<KeyHolderRow>(
    `SELECT api_keys.id, api_keys.scopes, api_keys.provider_id, providers.code AS provider_code,
            api_keys.revoked_at IS NULL AND (api_keys.expires_at IS NULL OR api_keys.expires_at > now()) AS is_live
       FROM api_keys
       LEFT JOIN providers ON providers.id = api_keys.provider_id
      WHERE api_keys.key_sha256 = $1`,
    [key_sha256],
  );
  return rows[0];
}
