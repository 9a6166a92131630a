import type { Instant } from '../../period/index.js';
import type { FieldError } from '../../platform/problems/index.js';

/** How many errors an answer lists; the count goes on. */
export const ERRORS_LISTED_MAX = 1_000;

export interface IntakeCounts {
  received: number;
  created: number;
  superseded: number;
  duplicate: number;
  rejected: number;
}

/** What became of a batch's records. */
export interface IntakeResult {
  counts: IntakeCounts;
  /** Of the records that were not rejected. */
  totalBytes: bigint;
  earliest: Instant | null;
  latest: Instant | null;
  /** The first errors, in the order in which they were found. */
  errors: FieldError[];
  errorCount: number;
  /** Of the inflated body, in hex. */
  sha256: string;
}

/** Where a record stands in the body. */
export interface Place {
  index: number;
  line?: number;
  /** What leads from the body to the record: `/records/3` in JSON, empty in a stream. */
  pointer: string;
}

/** Counts what becomes of a batch's records, and keeps the first errors. */
export class BatchTally {
  readonly counts: IntakeCounts = { received: 0, created: 0, superseded: 0, duplicate: 0, rejected: 0 };
  private readonly errors: FieldError[] = [];
  private errorCount = 0;
  private totalBytes = 0n;
  private smallBytes = 0;
  private earliest = Infinity;
  private latest = -Infinity;

  count(outcome: 'created' | 'superseded' | 'duplicate', start: Instant, end: Instant): void {
    this.counts[outcome] += 1;
    if (start < this.earliest) this.earliest = start;
    if (end > this.latest) this.latest = end;
  }

  /** Adds bytes that a double holds exactly. */
  addBytes(bytes: number): void {
    this.smallBytes += bytes;
    if (this.smallBytes <= Number.MAX_SAFE_INTEGER / 2) return;
    this.totalBytes += BigInt(this.smallBytes);
    this.smallBytes = 0;
  }

  addManyBytes(bytes: bigint): void {
    this.totalBytes += bytes;
  }

  reject(
    { index, line, pointer }: Place,
    mistakes: readonly { pointer: string; code: string; detail: string }[],
  ): void {
    this.counts.rejected += 1;
    this.errorCount += mistakes.length;
    for (const mistake of mistakes) {
      if (this.errors.length >= ERRORS_LISTED_MAX) return;
      this.errors.push({
        index,
        ...(line !== undefined && { line }),
        ...mistake,
        pointer: pointer + mistake.pointer,
      });
    }
  }

  result(sha256: string): IntakeResult {
    return {
      counts: this.counts,
      totalBytes: this.totalBytes + BigInt(this.smallBytes),
      earliest: this.earliest === Infinity ? null : this.earliest,
      latest: this.latest === -Infinity ? null : this.latest,
      errors: [...this.errors].sort((a, b) => a.index! - b.index!),
      errorCount: this.errorCount,
      sha256,
    };
  }
}
