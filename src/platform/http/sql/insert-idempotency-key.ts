import type { Queryable } from '../../database/index.js';
import type { IdempotencyClaim } from '../idempotency/claim.js';
import type { IdempotencyRow } from './find-idempotency-key.js';

/** Stores an answer under its key. */
export async function insertIdempotencyKey(
  tx: Queryable,
  claim: IdempotencyClaim,
  row: IdempotencyRow,
): Promise<void> {
  await tx.query(
    `INSERT INTO idempotency_keys (caller, route, key, fingerprint, status, headers, body)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      claim.caller,
      claim.route,
      claim.key,
      row.fingerprint,
      row.status,
      JSON.stringify(row.headers),
      row.body,
    ],
  );
}
