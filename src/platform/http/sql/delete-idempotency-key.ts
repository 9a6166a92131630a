import type { Queryable } from '../../database/index.js';
import type { IdempotencyClaim } from '../idempotency/claim.js';

/** Deletes one key, which has expired, so that it may be used again. */
export async function deleteIdempotencyKey(tx: Queryable, claim: IdempotencyClaim): Promise<void> {
  await tx.query(`DELETE FROM idempotency_keys WHERE caller = $1 AND route = $2 AND key = $3`, [
    claim.caller,
    claim.route,
    claim.key,
  ]);
}
