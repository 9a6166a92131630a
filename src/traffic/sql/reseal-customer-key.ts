import type { Queryable } from '../../platform/database/index.js';

/** Puts the same key, sealed with another secret, in the place of a version that is not destroyed. */
export async function resealCustomerKey(
  tx: Queryable,
  providerId: string,
  version: number,
  sealed: Buffer,
): Promise<void> {
  await tx.query(
    `UPDATE customer_keys SET sealed = $3
      WHERE provider_id = $1 AND version = $2 AND destroyed_at IS NULL`,
    [providerId, version, sealed],
  );
}
