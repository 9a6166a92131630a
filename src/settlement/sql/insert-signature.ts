import type { Transaction } from '../../platform/database/index.js';
import type { SignatureRow } from './list-signatures.js';

/** Adds a signature under a statement; whoever signed already keeps the first one. Says whether it was added. */
export async function insertSignature(
  tx: Transaction,
  statement: { agreementId: string; id: string },
  signature: Omit<SignatureRow, 'signer'> & { providerId: string | null },
): Promise<boolean> {
  const added = await tx.query(
    `INSERT INTO statement_signatures (agreement_id, statement_id, position, provider_id, kid, public_jwk, jws,
       signed_at)
     SELECT $1::uuid, $2::uuid, 1 + count(*), $3::uuid, $4::text, $5::jsonb, $6::text, $7::timestamptz
       FROM statement_signatures
      WHERE agreement_id = $1 AND statement_id = $2
     ON CONFLICT DO NOTHING
     RETURNING 1`,
    [
      statement.agreementId,
      statement.id,
      signature.providerId,
      signature.kid,
      JSON.stringify(signature.publicJwk),
      signature.jws,
      signature.signedAt,
    ],
  );
  return added.length > 0;
}
