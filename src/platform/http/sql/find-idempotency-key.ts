import type { Queryable } from '../../database/index.js';
import type { IdempotencyClaim } from '../idempotency/claim.js';

export interface IdempotencyRow {
  fingerprint: Buffer;
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/** The answer stored under a key, and whether it is older than `kept_days`. */
export async function findIdempotencyKey(
  tx: Queryable,
  claim: IdempotencyClaim,
  kept_days: number,
): Promise<(IdempotencyRow & { expired: boolean }) | undefined> {
  const rows = await tx.query<IdempotencyRow & { expired: boolean }>(
    `SELECT fingerprint, status, headers, body, created_at <= now() - make_interval(days => $4) AS expired
       FROM idempotency_keys
      WHERE caller = $1 AND route = $2 AND key = $3`,
    [claim.caller, claim.route, claim.key, kept_days],
  );
  return rows[0];
}
