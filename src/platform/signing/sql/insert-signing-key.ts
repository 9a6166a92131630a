import type { Transaction } from '../../database/index.js';
import type { SigningKeyRow } from './list-signing-keys.js';

/** Adds a key; one that is there already stays as it is. */
export async function insertSigningKey(tx: Transaction, key: SigningKeyRow): Promise<void> {
  await tx.query(
    `INSERT INTO signing_keys (kid, public_jwk, private_pkcs8, created_at)
     VALUES ($1, $2, $3, clock_timestamp())
     ON CONFLICT (kid) DO NOTHING`,
    [key.kid, JSON.stringify(key.publicJwk), key.privatePkcs8],
  );
}
