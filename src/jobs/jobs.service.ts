import { Injectable } from '@nestjs/common';
import type { Caller } from '../access/index.js';
import { Database, type Queryable, type Transaction } from '../platform/database/index.js';
import { isId, newId } from '../platform/ids/index.js';
import { jobProblems } from './jobs.errors.js';
import { findJob } from './sql/find-job.js';
import { findLiveJob } from './sql/find-live-job.js';
import { insertJob, type NewJob } from './sql/insert-job.js';
import type { JobRow } from './sql/job-row.js';
import { lastFailure } from './sql/last-failure.js';

/** A job that was asked for, and whether that made it. */
export interface EnqueuedJob {
  job: JobRow;
  isNew: boolean;
}

/** Work that outlives a request: asked for in a business transaction, run by a worker, seen by its owners. */
@Injectable()
export class JobsService {
  constructor(private readonly database: Database) {}

  /**
   * Asks for work inside the caller's transaction: it runs if that commits, and never otherwise. While a job
   * for the same kind and subject lives, that one is given instead of a second.
   */
  async enqueue(tx: Transaction, work: Omit<NewJob, 'id'>): Promise<EnqueuedJob> {
    for (;;) {
      const made = await insertJob(tx, { ...work, id: newId() });
      if (made) return { job: made, isNew: true };
      const live = await findLiveJob(tx, work.kind, work.subject);
      // Neither: the live one finished between the two statements.
      if (live) return { job: live, isNew: false };
    }
  }

  /** The caller's job. A stranger's is not found. */
  async find(caller: Caller, id: string): Promise<JobRow> {
    const ownerId = caller.kind === 'provider' ? caller.providerId : null;
    const job = isId(id) ? await findJob(this.database, id, ownerId) : undefined;
    if (!job) throw jobProblems.job_not_found('There is no such job.');
    return job;
  }

  async lastFailure(db: Queryable, kind: string, subject: string): Promise<Date | null> {
    return lastFailure(db, kind, subject);
  }
}
