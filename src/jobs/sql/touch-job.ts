import type { Queryable } from '../../platform/database/index.js';

/** A sign of life, with progress where there is any. */
export async function touchJob(
  db: Queryable,
  id: string,
  progress: { done: number; total: number } | null,
): Promise<void> {
  await db.query(
    `UPDATE jobs
        SET touched_at = clock_timestamp(), done = coalesce($2, done), total = coalesce($3, total)
      WHERE id = $1 AND state = 'running'`,
    [id, progress?.done ?? null, progress?.total ?? null],
  );
}
