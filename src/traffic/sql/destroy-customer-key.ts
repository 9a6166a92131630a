import type { Queryable } from '../../platform/database/index.js';

/** Destroys a version of a provider's key; that it was there stays known. */
export async function destroyCustomerKey(
  tx: Queryable,
  providerId: string,
  version: number,
  at: Date,
): Promise<void> {
  await tx.query(
    `UPDATE customer_keys SET sealed = NULL, destroyed_at = $3
      WHERE provider_id = $1 AND version = $2 AND destroyed_at IS NULL`,
    [providerId, version, at],
  );
}
