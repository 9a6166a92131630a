import type { Queryable } from '../../platform/database/index.js';
import { JOB_COLUMNS, type JobRow } from './job-row.js';

/** Marks a job as running and gives it; undefined when it is finished or unknown. */
export async function startJob(db: Queryable, id: string): Promise<JobRow | undefined> {
  const [row] = await db.query<JobRow>(
    `UPDATE jobs SET state = 'running', touched_at = clock_timestamp()
      WHERE id = $1 AND state IN ('queued', 'running')
      RETURNING ${JOB_COLUMNS}`,
    [id],
  );
  return row;
}
