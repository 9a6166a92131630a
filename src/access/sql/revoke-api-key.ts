import type { Queryable } from '../../platform/database/index.js';

/** Revokes a provider's key, once; says whether it was revoked before, or is not the provider's at all. */
export async function revokeApiKey(
  tx: Queryable,
  providerId: string,
  id: string,
): Promise<'revoked' | 'revoked_before' | 'unknown'> {
  const [row] = await tx.query<{ before: boolean }>(
    `WITH found AS (
       SELECT id, revoked_at IS NOT NULL AS before FROM api_keys WHERE provider_id = $1 AND id = $2 FOR UPDATE
     ), revoked AS (
       UPDATE api_keys SET revoked_at = now() FROM found WHERE api_keys.id = found.id AND NOT found.before
     )
     SELECT before FROM found`,
    [providerId, id],
  );
  if (!row) return 'unknown';
  return row.before ? 'revoked_before' : 'revoked';
}
