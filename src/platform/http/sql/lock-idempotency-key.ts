import type { Queryable } from '../../database/index.js';
import type { IdempotencyClaim } from '../idempotency/claim.js';

/** Takes the key for this transaction, or says that another one holds it. */
export async function lockIdempotencyKey(tx: Queryable, claim: IdempotencyClaim): Promise<boolean> {
  const rows = await tx.query<{ locked: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS locked`,
    [JSON.stringify(['idempotency', claim.caller, claim.route, claim.key])],
  );
  return rows[0]?.locked === true;
}
