import type { Queryable } from '../../platform/database/index.js';
import { JOB_COLUMNS, type JobRow } from './job-row.js';

/** A job of this owner; with null, whoever owns it. */
export async function findJob(
  db: Queryable,
  id: string,
  ownerId: string | null,
): Promise<JobRow | undefined> {
  const [row] = await db.query<JobRow>(
    `SELECT ${JOB_COLUMNS} FROM jobs WHERE id = $1 AND ($2::uuid IS NULL OR $2 = ANY (owner_ids))`,
    [id, ownerId],
  );
  return row;
}
