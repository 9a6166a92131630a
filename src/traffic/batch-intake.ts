import type { FieldError } from '../platform/problems/index.js';
import type { ListPrice } from '../providers/index.js';
import type { Side, Suspension } from '../agreements/index.js';
import type { Transaction } from '../platform/database/index.js';
import type { Instant } from '../period/index.js';
import type { PeriodTable } from './period-table.js';
import { decideRevision } from './rules/decide-revision.js';
import { refuseClosed, refuseRecord, refuseSuspended } from './rules/period-rules.js';
import { readRecord } from './rules/read-record.js';
import type { TrafficRecord } from './rules/traffic-record.js';
import { UsageSums } from './rules/usage.js';
import { findRevisions } from './sql/find-revisions.js';
import { insertRecords } from './sql/insert-records.js';

/** A record as it was sent: a parsed value, or why it could not be parsed. */
export interface SubmittedRecord {
  /** Position in the batch, from 0. */
  index: number;
  /** Line in a stream, from 1. */
  line?: number;
  /** What leads from the body to the record: `/records/3` in JSON, empty in a stream. */
  pointer: string;
  value: unknown;
  /** Set when the text is no JSON; `value` is then meaningless. */
  malformed?: string;
}

export interface IntakeCounts {
  received: number;
  created: number;
  superseded: number;
  duplicate: number;
  rejected: number;
}

export interface IntakeOptions {
  agreementId: string;
  reporterId: string;
  batchId: string;
  side: Side;
  prices: readonly ListPrice[];
  periods: PeriodTable;
  suspensions: readonly Suspension[];
  now: Instant;
  /** In atomic mode nothing is written once a record is refused. */
  atomic: boolean;
}

/** How many errors an answer lists; the count goes on. */
export const ERRORS_LISTED_MAX = 1_000;

/** Takes a batch chunk by chunk: checks, identifies, stores, and adds up what it changes. */
export class BatchIntake {
  readonly counts: IntakeCounts = { received: 0, created: 0, superseded: 0, duplicate: 0, rejected: 0 };
  readonly errors: FieldError[] = [];
  readonly sums: UsageSums;
  totalBytes = 0n;
  earliest: Instant | null = null;
  latest: Instant | null = null;
  private errorsCounted = 0;

  constructor(
    private readonly tx: Transaction,
    private readonly options: IntakeOptions,
  ) {
    this.sums = new UsageSums(options.side, options.prices);
  }

  get errorCount(): number {
    return this.errorsCounted;
  }

  async take(chunk: readonly SubmittedRecord[]): Promise<void> {
    this.counts.received += chunk.length;
    const readable = chunk.flatMap((submitted) => {
      const record = this.read(submitted);
      return record ? [{ submitted, record }] : [];
    });
    const stored = await this.storedRevisions(readable.map(({ record }) => record.id));
    const accepted: TrafficRecord[] = [];
    for (const { submitted, record } of readable) {
      const revisions = stored.get(record.id) ?? [];
      if (!this.accept(submitted, record, revisions)) continue;
      accepted.push(record);
      stored.set(record.id, [...revisions, record]);
    }
    if (accepted.length > 0 && !this.refused) await insertRecords(this.tx, this.options, accepted);
  }

  /** Whether an atomic batch already holds a record that cannot be taken. */
  get refused(): boolean {
    return this.options.atomic && this.counts.rejected > 0;
  }

  private read(submitted: SubmittedRecord): TrafficRecord | null {
    if (submitted.malformed !== undefined) {
      this.reject(submitted, [{ pointer: '', code: 'invalid_record', detail: submitted.malformed }]);
      return null;
    }
    const record = readRecord(submitted.value);
    if (!Array.isArray(record)) return record;
    this.reject(submitted, record);
    return null;
  }

  private async storedRevisions(ids: readonly string[]): Promise<Map<string, TrafficRecord[]>> {
    const { agreementId, reporterId } = this.options;
    const stored = new Map<string, TrafficRecord[]>();
    if (ids.length === 0) return stored;
    for (const record of await findRevisions(this.tx, agreementId, reporterId, ids)) {
      stored.set(record.id, [...(stored.get(record.id) ?? []), record]);
    }
    return stored;
  }

  /** Decides on one record and counts it; true when it is to be stored. */
  private accept(
    submitted: SubmittedRecord,
    record: TrafficRecord,
    revisions: readonly TrafficRecord[],
  ): boolean {
    const decision = decideRevision(revisions, record);
    if (decision.outcome === 'conflict') {
      const detail = `revision ${record.revision} of this id is stored with other content; send a higher revision`;
      this.reject(submitted, [{ pointer: '/id', code: 'record_conflict', detail }]);
      return false;
    }
    if (decision.outcome === 'duplicate') {
      this.count('duplicate', record);
      return false;
    }
    const replaced = decision.outcome === 'created' ? decision.replaces : null;
    const periods = this.options.periods.overlapping(record.start, record.end);
    const replacedPeriods = replaced ? this.options.periods.overlapping(replaced.start, replaced.end) : [];
    const refusal =
      refuseRecord(record, periods, this.options.now) ??
      refuseSuspended(record, this.options.suspensions) ??
      (decision.outcome === 'created' ? refuseClosed([...periods, ...replacedPeriods]) : null);
    if (refusal) {
      this.reject(submitted, [refusal]);
      return false;
    }
    this.count(decision.outcome, record);
    if (decision.outcome === 'created' && !this.refused) {
      if (replaced) this.sums.add(replaced, replacedPeriods, -1);
      this.sums.add(record, periods, 1);
    }
    return true;
  }

  private count(outcome: 'created' | 'superseded' | 'duplicate', record: TrafficRecord): void {
    this.counts[outcome] += 1;
    this.totalBytes += record.bytes;
    this.earliest = Math.min(this.earliest ?? record.start, record.start);
    this.latest = Math.max(this.latest ?? record.end, record.end);
  }

  private reject(
    { index, line, pointer }: SubmittedRecord,
    mistakes: readonly { pointer: string; code: string; detail: string }[],
  ): void {
    this.counts.rejected += 1;
    this.errorsCounted += mistakes.length;
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
}
