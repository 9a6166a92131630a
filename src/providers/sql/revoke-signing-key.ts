import type { Transaction } from '../../platform/database/index.js';

/** Marks a provider's key as revoked from now on; false where there is none that is not. */
export async function revokeSigningKey(tx: Transaction, providerId: string, kid: string): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE provider_signing_keys SET revoked_at = clock_timestamp()
      WHERE provider_id = $1 AND kid = $2 AND revoked_at IS NULL
      RETURNING kid`,
    [providerId, kid],
  );
  return rows.length > 0;
}
