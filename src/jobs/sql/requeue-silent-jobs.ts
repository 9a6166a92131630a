import type { Transaction } from '../../platform/database/index.js';

/** Puts jobs that gave no sign of life for a while into the outbox again, each under a new attempt. */
export async function requeueSilentJobs(tx: Transaction, silent_ms: number): Promise<number> {
  const rows = await tx.query(
    `WITH silent AS (
       UPDATE jobs SET attempt = attempt + 1, touched_at = clock_timestamp()
        WHERE id IN (SELECT id FROM jobs
                      WHERE state IN ('queued', 'running')
                        AND touched_at < clock_timestamp() - $1 * interval '1 millisecond'
                      ORDER BY touched_at LIMIT 1000 FOR UPDATE SKIP LOCKED)
        RETURNING id, kind, attempt
     )
     INSERT INTO outbox (job_id, kind, attempt) SELECT id, kind, attempt FROM silent RETURNING id`,
    [silent_ms],
  );
  return rows.length;
}
