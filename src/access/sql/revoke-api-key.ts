import type { Queryable } from '../../platform/database/index.js';

/** Revokes a provider's key, once; says whether the provider has such a key. */
export async function revokeApiKey(tx: Queryable, providerId: string, id: string): Promise<boolean> {
  const rows = await tx.query<{ id: string }>(
    `UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE provider_id = $1 AND id = $2 RETURNING id`,
    [providerId, id],
  );
  return rows.length > 0;
}
