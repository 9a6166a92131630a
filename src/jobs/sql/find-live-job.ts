import type { Queryable } from '../../platform/database/index.js';
import { JOB_COLUMNS, type JobRow } from './job-row.js';

/** The job that is queued or running for a subject. */
export async function findLiveJob(db: Queryable, kind: string, subject: string): Promise<JobRow | undefined> {
  const [row] = await db.query<JobRow>(
    `SELECT ${JOB_COLUMNS} FROM jobs WHERE kind = $1 AND subject = $2 AND state IN ('queued', 'running')`,
    [kind, subject],
  );
  return row;
}
