import type { Queryable } from '../../platform/database/index.js';

/** Counts that a job failed for a reason that may pass, and gives how often it has. */
export async function countFailure(db: Queryable, id: string): Promise<number> {
  const [row] = await db.query<{ failures: number }>(
    `UPDATE jobs SET failures = failures + 1, touched_at = clock_timestamp() WHERE id = $1 RETURNING failures`,
    [id],
  );
  return row?.failures ?? 0;
}
