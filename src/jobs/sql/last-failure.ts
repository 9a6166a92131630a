import type { Queryable } from '../../platform/database/index.js';

/** When work on a subject last failed. */
export async function lastFailure(db: Queryable, kind: string, subject: string): Promise<Date | null> {
  const [row] = await db.query<{ at: Date | null }>(
    `SELECT max(touched_at) AS at FROM jobs WHERE kind = $1 AND subject = $2 AND state = 'failed'`,
    [kind, subject],
  );
  return row?.at ?? null;
}
