import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../platform/config/index.js';
import { Database, OPERATOR, type Tenant } from '../platform/database/index.js';
import { Problem } from '../platform/problems/index.js';
import { JobQueue, type QueuedJob, type RunningWorker } from '../platform/queue/index.js';
import { countFailure } from './sql/count-failure.js';
import { finishJob } from './sql/finish-job.js';
import type { JobRow } from './sql/job-row.js';
import { requeueSilentJobs } from './sql/requeue-silent-jobs.js';
import { startJob } from './sql/start-job.js';
import { takeOutbox } from './sql/take-outbox.js';
import { touchJob } from './sql/touch-job.js';

/** Tells a job's owners how far it is. */
export type ReportProgress = (done: number, total: number) => Promise<void>;

/** Does a kind of work for a subject. */
export interface JobHandler {
  /** For whom: what the work may see and change. Asked for the operator, who may look the subject up. */
  actsFor: (subject: string) => Promise<Tenant>;
  /** May run twice, even at once, and must come to the same. */
  run: (subject: string, report: ReportProgress) => Promise<Record<string, unknown>>;
}

const RELAY_INTERVAL_MS = 100;
const RELAY_BATCH = 100;
/** How often an unexpected failure is tried again before the job counts as failed. */
const FAILURES_MAX = 5;
/** A job waits its turn for so many lock times before it counts as lost by the queue. */
const QUEUED_LOCKS = 12;

/** The worker's side of jobs: moves the outbox into the queue, runs what comes out, finds what got lost. */
@Injectable()
export class JobRunner {
  private readonly logger = new Logger(JobRunner.name);
  private readonly handlers = new Map<string, JobHandler>();
  private readonly loops: RepeatedTask[] = [];
  private worker: RunningWorker | null = null;

  constructor(
    private readonly database: Database,
    private readonly queue: JobQueue,
    private readonly config: Config,
  ) {}

  /** Names who does a kind of work. */
  handle(kind: string, handler: JobHandler): void {
    this.handlers.set(kind, handler);
  }

  /** Repeats a task for a tenant for as long as this worker runs; a failure is logged and the task goes on. */
  every(interval_ms: number, actsFor: Tenant, task: () => Promise<unknown>): void {
    const run = (): Promise<unknown> => this.database.actFor(actsFor, task);
    this.loops.push(new RepeatedTask(interval_ms, run, (error) => this.logger.error(error)));
  }

  start(): void {
    const { JOB_LOCK_MS: lock_ms, WORKER_CONCURRENCY: concurrency } = this.config;
    this.every(RELAY_INTERVAL_MS, OPERATOR, () => this.relay());
    this.every(lock_ms, OPERATOR, () => this.sweep());
    for (const loop of this.loops) loop.start();
    const run = (job: QueuedJob): Promise<void> => this.database.actFor(OPERATOR, () => this.run(job));
    this.worker = this.queue.work(run, { concurrency, lock_ms });
  }

  /** Takes no new work and resolves when what is in flight is done. */
  async stop(): Promise<void> {
    await this.worker?.close();
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  private async relay(): Promise<void> {
    await this.database.transaction(async (tx) => {
      for (const row of await takeOutbox(tx, RELAY_BATCH)) await this.queue.add(row);
    });
  }

  private async sweep(): Promise<void> {
    const { JOB_LOCK_MS: lock_ms } = this.config;
    const silence = { running_ms: 4 * lock_ms, queued_ms: QUEUED_LOCKS * lock_ms };
    const found = await this.database.transaction((tx) => requeueSilentJobs(tx, silence));
    if (found > 0) this.logger.warn(`${found} job(s) had gone silent and were queued again`);
  }

  /** Jobs themselves are looked after for the operator; the work of one is done for the tenant that it names. */
  private async run({ jobId }: QueuedJob): Promise<void> {
    const job = await startJob(this.database, jobId);
    if (!job) return;
    const heartbeat = setInterval(() => {
      touchJob(this.database, jobId, null).catch((error: unknown) => this.logger.error(error));
    }, this.config.JOB_LOCK_MS);
    try {
      // Not in the handler's transaction: its owners would see nothing until the end, and the sign of life above
      // would wait for the row.
      const report: ReportProgress = (done, total) =>
        this.database.outside(() =>
          this.database.actFor(OPERATOR, () => touchJob(this.database, jobId, { done, total })),
        );
      const { actsFor, run } = this.handlerOf(job);
      const tenant = await actsFor(job.subject);
      const result = await this.database.actFor(tenant, () => run(job.subject, report));
      await finishJob(this.database, jobId, { state: 'completed', result });
    } catch (error) {
      await this.fail(job, error);
    } finally {
      clearInterval(heartbeat);
    }
  }

  private handlerOf(job: JobRow): JobHandler {
    const handler = this.handlers.get(job.kind);
    if (!handler) throw new Error(`nobody does jobs of the kind ${job.kind}`);
    return handler;
  }

  /** What a Problem says is final. Anything else may pass: the sweep tries it again, a bounded number of times. */
  private async fail(job: JobRow, error: unknown): Promise<void> {
    if (error instanceof Problem) {
      const { code, detail } = error;
      return finishJob(this.database, job.id, { state: 'failed', error: { code, detail } });
    }
    this.logger.error(error);
    if ((await countFailure(this.database, job.id)) < FAILURES_MAX) return;
    const detail = "The job failed for a reason that is not its owner's; the operator finds it in the log.";
    await finishJob(this.database, job.id, { state: 'failed', error: { code: 'internal_error', detail } });
  }
}

/** Runs a task, waits, runs it again; never twice at once. */
class RepeatedTask {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly interval_ms: number,
    private readonly task: () => Promise<unknown>,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.running = this.runOnce();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.running;
  }

  private async runOnce(): Promise<void> {
    try {
      await this.task();
    } catch (error) {
      this.onError(error);
    }
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.runOnce();
    }, this.interval_ms);
  }
}
