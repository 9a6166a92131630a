import type { Queryable } from '../../platform/database/index.js';

/** A signature under an issued statement. */
export interface SignatureRow {
  /** Code of the party; null for the service itself. */
  signer: string | null;
  kid: string;
  publicJwk: object;
  /** Detached; its payload is the bytes of the statement's JSON. */
  jws: string;
  signedAt: Date;
}

/** The signatures under a statement, in the order in which they were given; the service's is the first. */
export async function listSignatures(
  db: Queryable,
  statement: { agreementId: string; id: string },
): Promise<SignatureRow[]> {
  return db.query<SignatureRow>(
    `SELECT p.code AS signer, s.kid, s.public_jwk AS "publicJwk", s.jws, s.signed_at AS "signedAt"
       FROM statement_signatures s LEFT JOIN providers p ON p.id = s.provider_id
      WHERE s.agreement_id = $1 AND s.statement_id = $2
      ORDER BY s.position`,
    [statement.agreementId, statement.id],
  );
}
