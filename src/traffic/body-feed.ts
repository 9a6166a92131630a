import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { OpenBatch } from './intake-thread.js';
import { trafficProblems } from './traffic.errors.js';

export interface FeedLimits {
  /** What a client has to send on average while it is waited for. */
  min_bytes_per_s: number;
  /** How far it may fall behind that, and how far while others wait for its place. */
  patience_ms: number;
  contended_patience_ms: number;
  /** All of a body has to be there by then. */
  timeout_ms: number;
}

/** How much has to be there before a body gets a place: a client that sends little holds nothing. */
export const FIRST_BYTES = 64 * 1024;
const CHECK_INTERVAL_MS = 100;

/**
 * A body as it arrives. Whoever is slow is given up, by time that was spent waiting for the client alone: what
 * the database takes is not the client's fault. Each byte pays for some of that time.
 */
export class BodyFeed {
  private readonly first: Buffer[] = [];
  private readonly parts: AsyncIterator<Buffer>;
  private readonly watch: NodeJS.Timeout;
  private readonly begun_ms = performance.now();
  private waitingSince_ms: number | null = null;
  private behind_ms = 0;
  private isComplete = false;

  constructor(
    private readonly body: Readable,
    private readonly limits: FeedLimits,
    private readonly isContended: () => boolean,
  ) {
    this.parts = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    this.watch = setInterval(() => this.check(), CHECK_INTERVAL_MS).unref();
  }

  /** Resolves when the first part of the body is there, or all of it. */
  async arrive(): Promise<void> {
    for (let bytes = 0; bytes < FIRST_BYTES;) {
      const part = await this.next();
      if (!part) return;
      this.first.push(part);
      bytes += part.length;
    }
  }

  /** Hands the body over to a batch, no faster than it is read. A body that breaks off fails the batch. */
  async into(batch: OpenBatch): Promise<void> {
    try {
      for await (const part of this.all()) {
        if (!(await batch.write(part))) return;
      }
      batch.end();
    } catch (error) {
      batch.fail(error as Error);
    }
  }

  /** Reads the body for nothing but its SHA-256, in hex. */
  async sha256(): Promise<string> {
    const hash = createHash('sha256');
    for await (const part of this.all()) hash.update(part);
    return hash.digest('hex');
  }

  close(): void {
    clearInterval(this.watch);
  }

  private async *all(): AsyncGenerator<Buffer> {
    yield* this.first.splice(0);
    for (let part = await this.next(); part; part = await this.next()) yield part;
  }

  private async next(): Promise<Buffer | null> {
    if (this.isComplete) return null;
    this.waitingSince_ms = performance.now();
    try {
      const answer = await this.parts.next();
      this.isComplete = answer.done === true;
      const part = answer.done ? null : answer.value;
      const paid_ms = ((part?.length ?? 0) / this.limits.min_bytes_per_s) * 1_000;
      this.behind_ms = Math.max(0, this.behindNow_ms() - paid_ms);
      return part;
    } finally {
      this.waitingSince_ms = null;
    }
  }

  private behindNow_ms(): number {
    return this.behind_ms + (this.waitingSince_ms === null ? 0 : performance.now() - this.waitingSince_ms);
  }

  private check(): void {
    const { patience_ms, contended_patience_ms, timeout_ms } = this.limits;
    const patienceNow_ms = this.isContended() ? contended_patience_ms : patience_ms;
    const isLate = performance.now() - this.begun_ms > timeout_ms && !this.isComplete;
    if (!isLate && this.behindNow_ms() <= patienceNow_ms) return;
    clearInterval(this.watch);
    this.body.destroy(
      trafficProblems.batch_stalled('The batch arrived too slowly; nothing is stored, send it again.'),
    );
  }
}
