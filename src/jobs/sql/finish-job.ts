import type { Queryable } from '../../platform/database/index.js';
import type { JobRow } from './job-row.js';

export type JobOutcome =
  { state: 'completed'; result: JobRow['result'] } | { state: 'failed'; error: NonNullable<JobRow['error']> };

export async function finishJob(db: Queryable, id: string, outcome: JobOutcome): Promise<void> {
  await db.query(
    `UPDATE jobs
        SET state = $2, result = $3, error = $4, touched_at = clock_timestamp(),
            done = CASE WHEN $2 = 'completed' THEN total ELSE done END
      WHERE id = $1 AND state IN ('queued', 'running')`,
    [
      id,
      outcome.state,
      outcome.state === 'completed' ? JSON.stringify(outcome.result) : null,
      outcome.state === 'failed' ? JSON.stringify(outcome.error) : null,
    ],
  );
}
