import { trafficProblems } from './traffic.errors.js';

interface Waiting {
  key: string;
  start: () => void;
}

/**
 * Bounds how many batches are written at once, in all and for one key (a reporter in an agreement, whose
 * batches follow each other anyway). Each holds a database connection, of which others need some.
 */
export class BatchSlots {
  private readonly running = new Map<string, number>();
  private readonly waiting: Waiting[] = [];
  private total = 0;

  constructor(
    private readonly concurrency: number,
    private readonly wait_ms: number,
    private readonly queueMax = 1_000,
  ) {}

  /** Runs `work` when there is room. Throws `ingest_busy` when none comes free in time. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    await this.enter(key);
    try {
      return await work();
    } finally {
      this.leave(key);
    }
  }

  private enter(key: string): Promise<void> {
    if (this.hasRoom(key)) {
      this.occupy(key);
      return Promise.resolve();
    }
    if (this.waiting.length >= this.queueMax) return Promise.reject(busy());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        reject(busy());
      }, this.wait_ms);
      const entry: Waiting = {
        key,
        start: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      this.waiting.push(entry);
    });
  }

  private leave(key: string): void {
    this.total -= 1;
    const left = this.running.get(key)! - 1;
    if (left === 0) this.running.delete(key);
    else this.running.set(key, left);
    const next = this.waiting.findIndex((waiting) => this.hasRoom(waiting.key));
    if (next < 0) return;
    const [entry] = this.waiting.splice(next, 1);
    this.occupy(entry!.key);
    entry!.start();
  }

  private hasRoom(key: string): boolean {
    return this.total < this.concurrency && !this.running.has(key);
  }

  private occupy(key: string): void {
    this.total += 1;
    this.running.set(key, (this.running.get(key) ?? 0) + 1);
  }
}

function busy(): Error {
  return trafficProblems.ingest_busy('Too many batches are being written; send this one again in a while.', {
    retryAfter_s: 5,
  });
}
