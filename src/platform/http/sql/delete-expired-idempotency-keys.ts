import type { Queryable } from '../../database/index.js';

/** Deletes at most `limit` keys that are older than `kept_days`; gives how many it deleted. */
export async function deleteExpiredIdempotencyKeys(
  tx: Queryable,
  kept_days: number,
  limit: number,
): Promise<number> {
  const rows = await tx.query<{ deleted: number }>(
    `WITH expired AS (
       SELECT caller, route, key FROM idempotency_keys
        WHERE created_at <= now() - make_interval(days => $1)
        ORDER BY created_at
        LIMIT $2
     ), deleted AS (
       DELETE FROM idempotency_keys USING expired
        WHERE idempotency_keys.caller = expired.caller
          AND idempotency_keys.route = expired.route
          AND idempotency_keys.key = expired.key
       RETURNING 1
     )
     SELECT count(*)::int AS deleted FROM deleted`,
    [kept_days, limit],
  );
  return rows[0]?.deleted ?? 0;
}
