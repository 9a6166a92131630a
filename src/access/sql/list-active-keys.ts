import type { Queryable } from '../../platform/database/index.js';

/** The ids of a provider's keys of one name that are neither revoked nor expired, oldest first. */
export async function listActiveKeys(tx: Queryable, providerId: string, name: string): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT id FROM api_keys
      WHERE provider_id = $1 AND name = $2
        AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
      ORDER BY id`,
    [providerId, name],
  );
  return rows.map(({ id }) => id);
}
