import type { Queryable } from '../../platform/database/index.js';

/** Revokes an operator's key, or takes it back into use. */
export async function setOperatorKeyRevoked(tx: Queryable, id: string, revoked: boolean): Promise<void> {
  await tx.query(
    `UPDATE api_keys SET revoked_at = CASE WHEN $2 THEN now() END WHERE provider_id IS NULL AND id = $1`,
    [id, revoked],
  );
}
