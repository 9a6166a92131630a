import { trafficProblems } from './traffic.errors.js';

/** How much may go on at once. */
export interface SlotLimits {
  /** Batches that are written, in all and of one reporter; each holds a database connection. */
  total: number;
  perReporter: number;
  /** Batches that have begun, written or not, in all and of one reporter. */
  openTotal: number;
  openPerReporter: number;
  /** How long one waits for its turn. */
  wait_ms: number;
}

/** Whose batch it is. Those of one reporter for one agreement follow each other. */
export interface SlotOwner {
  agreement: string;
  reporter: string;
}

interface Waiting {
  owner: SlotOwner;
  start: () => void;
}

/** Bounds how many batches are open and how many are written, so that no party keeps another from its turn. */
export class BatchSlots {
  private readonly open = new Map<string, number>();
  private readonly writing = new Map<string, number>();
  private readonly waiting: Waiting[] = [];
  private readonly total = { open: 0, writing: 0 };

  constructor(private readonly limits: SlotLimits) {}

  /** Whether somebody waits for a place, so that nobody should hold one for nothing. */
  get isContended(): boolean {
    return this.waiting.length > 0;
  }

  /**
   * Runs `arrive`, which needs no place, and then `write` when there is one. Throws `too_many_batches` where the
   * reporter's own batches are in the way, and `ingest_busy` where all others are.
   */
  async run<Result>(
    owner: SlotOwner,
    arrive: () => Promise<void>,
    write: () => Promise<Result>,
  ): Promise<Result> {
    if ((this.open.get(owner.reporter) ?? 0) >= this.limits.openPerReporter) throw tooMany();
    if (this.total.open >= this.limits.openTotal) throw busy();
    this.total.open += 1;
    change(this.open, owner.reporter, 1);
    try {
      await arrive();
      await this.enter(owner);
      try {
        return await write();
      } finally {
        this.leave(owner);
      }
    } finally {
      this.total.open -= 1;
      change(this.open, owner.reporter, -1);
    }
  }

  private enter(owner: SlotOwner): Promise<void> {
    if (this.hasRoom(owner)) {
      this.occupy(owner, 1);
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(entry), 1);
        reject(this.isOwnFault(owner) ? tooMany() : busy());
      }, this.limits.wait_ms);
      const entry: Waiting = {
        owner,
        start: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      this.waiting.push(entry);
    });
  }

  private leave(owner: SlotOwner): void {
    this.occupy(owner, -1);
    const next = this.waiting.findIndex((waiting) => this.hasRoom(waiting.owner));
    if (next < 0) return;
    const [entry] = this.waiting.splice(next, 1);
    this.occupy(entry!.owner, 1);
    entry!.start();
  }

  private hasRoom(owner: SlotOwner): boolean {
    return this.total.writing < this.limits.total && !this.isOwnFault(owner);
  }

  private isOwnFault(owner: SlotOwner): boolean {
    return (
      this.writing.has(keyOf(owner)) || (this.writing.get(owner.reporter) ?? 0) >= this.limits.perReporter
    );
  }

  private occupy(owner: SlotOwner, by: 1 | -1): void {
    this.total.writing += by;
    change(this.writing, owner.reporter, by);
    change(this.writing, keyOf(owner), by);
  }
}

function keyOf({ agreement, reporter }: SlotOwner): string {
  return `${agreement} ${reporter}`;
}

function change(counts: Map<string, number>, key: string, by: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + by;
  if (count === 0) counts.delete(key);
  else counts.set(key, count);
}

function busy(): Error {
  return trafficProblems.ingest_busy('Too many batches are being written; send this one again in a while.');
}

function tooMany(): Error {
  return trafficProblems.too_many_batches(
    'Other batches of yours are still being written; send this one again when they are done.',
  );
}
