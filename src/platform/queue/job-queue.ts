import { createPostgresBackend, Queue, Worker, withBackend, type Job } from 'bullmq';
import { Redis } from 'ioredis';

/** A job in the queue: ids only, so that the queue can be lost and made again from the database. */
export interface QueuedJob {
  jobId: string;
  attempt: number;
}

export interface JobQueueOptions {
  /** Server that holds the queue where no Redis is given; its owner makes the schema `bullmq`. */
  databaseUrl: string;
  redisUrl?: string | undefined;
  /** Prefix of this installation's keys in Redis, or its schema in PostgreSQL. */
  namespace?: string;
  onError: (error: Error) => void;
}

export interface WorkOptions {
  concurrency: number;
  /** After this long without a sign of life another worker takes the job over. */
  lock_ms: number;
}

export interface RunningWorker {
  /** Takes no new job and resolves when those in flight are done. */
  close(): Promise<void>;
}

const QUEUE_NAME = 'jobs';
const KEEP_S = 3600;
const PING_MS = 5_000;

/** The queue gave no answer in time; the message says why, as far as is known. */
export class QueueUnreachableError extends Error {}

/** BullMQ on Redis where one is given, else on PostgreSQL; the rest of the service cannot tell which. */
export class JobQueue {
  private readonly queue: Queue<QueuedJob>;
  private readonly closing: (() => Promise<unknown>)[] = [];
  private readonly connections: Redis[] = [];
  private lastError: Error | null = null;
  private closed = false;

  constructor(private readonly options: JobQueueOptions) {
    this.queue = this.openQueue();
    this.queue.on('error', (error) => this.report(error));
  }

  /** Adds a job, once for each `jobId` and attempt however often it is asked. */
  async add({ jobId, attempt }: QueuedJob): Promise<void> {
    await this.queue.add(
      'run',
      { jobId, attempt },
      {
        // BullMQ takes no colon in an id, and no id of digits alone.
        jobId: `${jobId}-${attempt}`,
        removeOnComplete: { age: KEEP_S },
        removeOnFail: { age: KEEP_S },
      },
    );
  }

  /** Starts to run jobs. What the handler throws is the handler's to record: here nothing is retried. */
  work(handle: (job: QueuedJob) => Promise<void>, { concurrency, lock_ms }: WorkOptions): RunningWorker {
    const inFlight = new Set<Promise<void>>();
    const run = async ({ data }: Job<QueuedJob>): Promise<void> => {
      const running = handle(data);
      inFlight.add(running);
      await running.finally(() => inFlight.delete(running));
    };
    const worker = this.openWorker(run, {
      concurrency,
      lockDuration: lock_ms,
      stalledInterval: Math.max(1_000, Math.floor(lock_ms / 2)),
      maxStalledCount: 10,
    });
    worker.on('error', (error) => this.report(error));
    const close = async (): Promise<void> => {
      // BullMQ would wait for Redis to come back; the jobs themselves do not need it to end.
      const isAway = this.connections.some(({ status }) => status !== 'ready');
      if (isAway) await Promise.allSettled(inFlight);
      await worker.close(isAway);
    };
    this.closing.unshift(close);
    return { close };
  }

  /** Rejects with {@link QueueUnreachableError} while Redis cannot be reached, for it would wait for ever. */
  async ping(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new QueueUnreachableError(this.lastError?.message ?? `no answer within ${PING_MS} ms`));
      }, PING_MS);
    });
    try {
      await Promise.race([this.reach(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async reach(): Promise<void> {
    try {
      await this.queue.waitUntilReady();
      await this.queue.getJobCounts('wait');
    } catch (error) {
      if (!this.options.redisUrl) throw error;
      throw new QueueUnreachableError(this.lastError?.message ?? (error as Error).message);
    }
  }

  async close(): Promise<void> {
    for (const close of this.closing) await close();
    await this.queue.close();
    this.closed = true;
  }

  private report(error: Error): void {
    this.lastError = error;
    // BullMQ ends its last connections after it said that it closed; what becomes of them is nobody's concern.
    if (this.closed) return;
    this.options.onError(error);
  }

  private openQueue(): Queue<QueuedJob> {
    const { redisUrl } = this.options;
    if (redisUrl) {
      // Who adds a job holds a transaction open meanwhile, so it gives up soon; the outbox keeps the job.
      return new Queue(QUEUE_NAME, { connection: this.redis(redisUrl, 1), ...this.prefix() });
    }
    const { Queue: PostgresQueue } = withBackend(createPostgresBackend);
    return new PostgresQueue(QUEUE_NAME, { connection: this.postgres() }) as unknown as Queue<QueuedJob>;
  }

  private openWorker(
    process: (job: Job<QueuedJob>) => Promise<void>,
    options: WorkerSettings,
  ): Worker<QueuedJob> {
    const { redisUrl } = this.options;
    if (redisUrl) {
      return new Worker(QUEUE_NAME, process, {
        // BullMQ's blocking reads must wait for as long as it takes.
        connection: this.redis(redisUrl, null),
        ...this.prefix(),
        ...options,
      });
    }
    const { Worker: PostgresWorker } = withBackend(createPostgresBackend);
    return new PostgresWorker(QUEUE_NAME, process as never, {
      connection: this.postgres(),
      ...options,
    }) as unknown as Worker<QueuedJob>;
  }

  private redis(url: string, maxRetriesPerRequest: number | null): Redis {
    const connection = new Redis(url, { maxRetriesPerRequest });
    this.connections.push(connection);
    connection.on('error', (error: Error) => this.report(error));
    // A QUIT would wait for a server that is away to come back.
    const quit = async (): Promise<unknown> =>
      connection.status === 'ready' ? connection.quit() : connection.disconnect();
    this.closing.push(() => quit().catch(() => connection.disconnect()));
    return connection;
  }

  private prefix(): { prefix: string } {
    return { prefix: this.options.namespace ?? 'peerledger' };
  }

  private postgres(): { connectionString: string; schema: string; max: number; migrate: boolean } {
    const { databaseUrl: connectionString, namespace } = this.options;
    return { connectionString, schema: namespace ?? 'bullmq', max: 4, migrate: true };
  }
}

interface WorkerSettings {
  concurrency: number;
  lockDuration: number;
  stalledInterval: number;
  maxStalledCount: number;
}
