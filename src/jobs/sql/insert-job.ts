import type { Transaction } from '../../platform/database/index.js';
import { JOB_COLUMNS, type JobRow } from './job-row.js';

export interface NewJob {
  id: string;
  kind: string;
  subject: string;
  ownerIds: readonly string[];
}

/** Stores a job and its outbox row; undefined when a live job for the subject is there already. */
export async function insertJob(tx: Transaction, job: NewJob): Promise<JobRow | undefined> {
  const [row] = await tx.query<JobRow>(
    `WITH made AS (
       INSERT INTO jobs (id, kind, subject, owner_ids, state, created_at, touched_at)
       VALUES ($1, $2, $3, $4, 'queued', clock_timestamp(), clock_timestamp())
       ON CONFLICT (kind, subject) WHERE state IN ('queued', 'running') DO NOTHING
       RETURNING *
     ), sent AS (
       INSERT INTO outbox (job_id, kind, attempt) SELECT id, kind, attempt FROM made
     )
     SELECT ${JOB_COLUMNS} FROM made`,
    [job.id, job.kind, job.subject, job.ownerIds],
  );
  return row;
}
