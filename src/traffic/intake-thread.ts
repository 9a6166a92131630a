import { Worker } from 'node:worker_threads';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Problem } from '../platform/problems/index.js';
import type { ForBatch, IntakeCommand, IntakeEvent, IntakeFailure } from './intake/messages.js';
import type { IntakePlan } from './intake/plan.js';
import type { StoredRevision } from './intake/stored-revisions.js';

/** Where the thread's compiled code lies. */
export const INTAKE_THREAD_FILE = Symbol('INTAKE_THREAD_FILE');
export const COMPILED_THREAD = new URL('./intake/thread.js', import.meta.url);

/** How much of a body may be on its way to the thread. */
const AHEAD_BYTES = 512 * 1024;
const PART_BYTES = 64 * 1024;
/** Reading makes little garbage; a small young generation keeps the process small. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 256 };

/** What a batch being read asks of whoever stores it, in this order. */
export type IntakeStep = Exclude<IntakeEvent, { kind: 'read' } | { kind: 'failed' } | { kind: 'compared' }>;

/** Reads batches in a thread of its own, started with the first one and again after it broke. */
@Injectable()
export class IntakeThread implements OnModuleDestroy {
  private worker: Worker | null = null;
  private readonly open = new Map<number, OpenBatch>();
  private opened = 0;

  constructor(@Inject(INTAKE_THREAD_FILE) private readonly file: URL) {}

  /** Begins to read a batch. Whoever opens one closes it. */
  read(plan: IntakePlan): OpenBatch {
    const worker = (this.worker ??= this.start());
    const number = ++this.opened;
    const send = (command: IntakeCommand): void => {
      const message: ForBatch<IntakeCommand> = { ...command, batch: number };
      worker.postMessage(message, 'memory' in command ? [command.memory] : []);
    };
    const batch = new OpenBatch(send, () => this.open.delete(number));
    this.open.set(number, batch);
    send({ kind: 'open', plan });
    return batch;
  }

  async onModuleDestroy(): Promise<void> {
    await this.worker?.terminate();
  }

  private start(): Worker {
    const worker = new Worker(this.file, { name: 'peerledger intake', resourceLimits: THREAD_LIMITS });
    worker.on('message', (event: ForBatch<IntakeEvent>) => this.open.get(event.batch)?.hear(event));
    worker.on('error', (error) => this.lose(worker, error.stack ?? error.message));
    worker.on('exit', (code) => this.lose(worker, `The intake thread ended with code ${code}.`));
    worker.unref();
    return worker;
  }

  private lose(worker: Worker, message: string): void {
    if (this.worker === worker) this.worker = null;
    else return;
    for (const batch of this.open.values()) batch.hear({ kind: 'failed', failure: { message } });
  }
}

/** A batch that is being read. */
export class OpenBatch {
  private readonly events: IntakeEvent[] = [];
  private failure: Error | null = null;
  /** Of parts that are read, to be used again. */
  private readonly memory: ArrayBuffer[] = [];
  private ahead_bytes = 0;
  private isClosed = false;
  /** Wakes whoever waits for an event, or for room. */
  private wake = (): void => undefined;
  private wakeWriter = (): void => undefined;

  constructor(
    private readonly send: (command: IntakeCommand) => void,
    private readonly forget: () => void,
  ) {}

  /** Hands a part of the body over; resolves when there is room for the next one, or with false for no use. */
  async write(part: Buffer): Promise<boolean> {
    for (let from = 0; from < part.length && !this.isClosed; from += PART_BYTES) {
      const memory = this.memory.pop() ?? new ArrayBuffer(PART_BYTES);
      const bytes = part.copy(new Uint8Array(memory), 0, from, from + PART_BYTES);
      this.ahead_bytes += bytes;
      this.send({ kind: 'part', memory, bytes });
      while (this.ahead_bytes > AHEAD_BYTES && !this.failure && !this.isClosed) {
        await new Promise<void>((resolve) => (this.wakeWriter = resolve));
      }
    }
    return !this.isClosed;
  }

  /** The body is complete. */
  end(): void {
    this.send({ kind: 'end' });
  }

  /** The body will not be complete: whoever waits for a step gets the error. */
  fail(error: Error): void {
    this.failure ??= error;
    this.wake();
    this.wakeWriter();
  }

  /** Every record of the chunk with these rows was new, and is stored. The rows are gone then. */
  stored({ buffer: memory }: Uint8Array<ArrayBuffer>): void {
    this.send({ kind: 'stored', memory });
  }

  /** Every record of the chunk with these rows, which are gone then, is stored already, just as it is. */
  known({ buffer: memory }: Uint8Array<ArrayBuffer>): void {
    this.send({ kind: 'known', memory });
  }

  /** Says what is stored of the chunk with these rows, which are gone then; gives the rows that are to be added. */
  async compare(
    { buffer: memory }: Uint8Array<ArrayBuffer>,
    ranks: readonly number[],
    stored: readonly StoredRevision[],
  ): Promise<{ rows: Uint8Array; count: number }> {
    this.send({ kind: 'compare', memory, ranks, stored });
    const answer = await this.next(({ kind }) => kind === 'compared');
    return answer as Extract<IntakeEvent, { kind: 'compared' }>;
  }

  /** What comes next. Throws what is wrong with the batch as a whole. */
  async step(): Promise<IntakeStep> {
    return (await this.next(({ kind }) => kind !== 'compared')) as IntakeStep;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.send({ kind: 'drop' });
    this.forget();
    this.wakeWriter();
  }

  hear(event: IntakeEvent): void {
    if (event.kind === 'read') {
      this.ahead_bytes -= event.bytes;
      this.memory.push(event.memory);
      if (this.ahead_bytes <= AHEAD_BYTES / 2) this.wakeWriter();
    } else if (event.kind === 'failed') {
      this.fail(errorOf(event.failure));
    } else {
      this.events.push(event);
      this.wake();
    }
  }

  private async next(isWanted: (event: IntakeEvent) => boolean): Promise<IntakeEvent> {
    for (;;) {
      if (this.failure) throw this.failure;
      const at = this.events.findIndex(isWanted);
      if (at >= 0) return this.events.splice(at, 1)[0]!;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }
}

function errorOf({ problem, message }: IntakeFailure): Error {
  return problem
    ? new Problem(problem.code, problem.definition, problem.detail, problem.extras)
    : new Error(message);
}
