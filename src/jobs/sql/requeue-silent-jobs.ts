import type { Transaction } from '../../platform/database/index.js';

/** How long a job may give no sign of life: one that runs beats regularly, one that waits cannot. */
export interface Silence {
  running_ms: number;
  queued_ms: number;
}

/** Puts jobs that gave no sign of life for too long into the outbox again, each under a new attempt. */
export async function requeueSilentJobs(
  tx: Transaction,
  { running_ms, queued_ms }: Silence,
): Promise<number> {
  const rows = await tx.query(
    `WITH silent AS (
       UPDATE jobs SET attempt = attempt + 1, touched_at = clock_timestamp()
        WHERE id IN (SELECT id FROM jobs
                      WHERE (state = 'running' AND touched_at < clock_timestamp() - $1 * interval '1 millisecond')
                         OR (state = 'queued' AND touched_at < clock_timestamp() - $2 * interval '1 millisecond')
                      ORDER BY touched_at LIMIT 1000 FOR UPDATE SKIP LOCKED)
        RETURNING id, kind, attempt
     )
     INSERT INTO outbox (job_id, kind, attempt) SELECT id, kind, attempt FROM silent RETURNING id`,
    [running_ms, queued_ms],
  );
  return rows.length;
}
