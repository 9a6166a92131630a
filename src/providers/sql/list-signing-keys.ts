import type { Queryable } from '../../platform/database/index.js';

/** A public key of Ed25519 with which a provider signs. */
export interface SigningKeyRow {
  /** RFC 7638 thumbprint of the key. */
  kid: string;
  publicJwk: { kty: string; crv: string; x: string };
  createdAt: Date;
  /** From then on it signs nothing; null unless it is revoked. */
  revokedAt: Date | null;
}

/** A provider's public keys, oldest first. */
export async function listSigningKeys(db: Queryable, providerId: string): Promise<SigningKeyRow[]> {
  return db.query<SigningKeyRow>(
    `SELECT kid, public_jwk AS "publicJwk", created_at AS "createdAt", revoked_at AS "revokedAt"
       FROM provider_signing_keys
      WHERE provider_id = $1
      ORDER BY created_at, kid`,
    [providerId],
  );
}
