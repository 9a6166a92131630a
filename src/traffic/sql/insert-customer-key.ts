import type { Queryable } from '../../platform/database/index.js';

/** Adds a version of a provider's key. */
export async function insertCustomerKey(
  tx: Queryable,
  key: { providerId: string; version: number; sealed: Buffer; createdAt: Date },
): Promise<void> {
  await tx.query(
    `INSERT INTO customer_keys (provider_id, version, sealed, created_at) VALUES ($1, $2, $3, $4)`,
    [key.providerId, key.version, key.sealed, key.createdAt],
  );
}
