import type { Transaction } from '../../platform/database/index.js';
import type { SigningKeyRow } from './list-signing-keys.js';

/** Adds a provider's public key; one that is there already stays as it is. */
export async function insertSigningKey(
  tx: Transaction,
  providerId: string,
  key: Pick<SigningKeyRow, 'kid' | 'publicJwk'>,
): Promise<void> {
  await tx.query(
    `INSERT INTO provider_signing_keys (provider_id, kid, public_jwk, created_at)
     VALUES ($1, $2, $3, clock_timestamp())
     ON CONFLICT DO NOTHING`,
    [providerId, key.kid, JSON.stringify(key.publicJwk)],
  );
}
