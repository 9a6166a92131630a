import type { JWK } from 'jose';
import type { Queryable } from '../../database/index.js';

export interface SigningKeyRow {
  kid: string;
  publicJwk: JWK;
  /** Absent where the private key is configured rather than stored. */
  privatePkcs8: Buffer | null;
}

/** Every key of the service, latest first. */
export async function listSigningKeys(db: Queryable): Promise<SigningKeyRow[]> {
  return db.query<SigningKeyRow>(
    `SELECT kid, public_jwk AS "publicJwk", private_pkcs8 AS "privatePkcs8"
       FROM signing_keys
      ORDER BY created_at DESC, kid`,
  );
}
