import type { IntakeResult } from '../../../src/traffic/intake/batch-tally.js';
import type { IntakePlan } from '../../../src/traffic/intake/plan.js';
import { keyOfRow, recordOfRow } from '../../../src/traffic/intake/record-rows.js';
import type { StoredRevision } from '../../../src/traffic/intake/stored-revisions.js';
import { decideRevision, sameContent } from '../../../src/traffic/rules/decide-revision.js';
import { refuseClosed, refuseRecord, refuseSuspended } from '../../../src/traffic/rules/period-rules.js';
import { PeriodTable } from '../../../src/traffic/rules/period-table.js';
import { readRecord } from '../../../src/traffic/rules/read-record.js';
import type { TrafficRecord } from '../../../src/traffic/rules/traffic-record.js';
import { usageRows } from '../../../src/traffic/rules/usage-rows.js';
import { UsageSums } from '../../../src/traffic/rules/usage.js';
import { addedUp, rowsIn, type ChunkEvent, type InProcessBatch } from '../../support/intake.js';

const ARRIVAL_AT = 6;

/** `traffic_records` of one agreement in memory, and what `ChunkStore` does with it. */
export class StoreInMemory {
  private readonly byKey = new Map<string, StoredRevision[]>();

  constructor(private readonly reporterId: string) {}

  /** Every stored record, in no particular order. */
  get records(): TrafficRecord[] {
    return [...this.byKey.values()].flat().map(({ record }) => record);
  }

  /** Stores the oldest chunk; `isLookedUp` false tries to add it without a look at its probes. */
  async store(batch: InProcessBatch, isLookedUp: boolean): Promise<void> {
    const chunk = batch.chunks.shift()!;
    const rows = rowsIn(chunk.rows);
    if (rows.length !== chunk.count) throw new Error(`${rows.length} rows instead of ${chunk.count}`);
    const isKnown = isLookedUp && chunk.probes.some((key) => this.byKey.has(key));
    if (!chunk.mustCompare && !isKnown && this.add(rows)) return batch.stored(chunk.rows);
    await this.compare(batch, chunk, rows);
  }

  private async compare(batch: InProcessBatch, chunk: ChunkEvent, rows: Buffer[]): Promise<void> {
    const ranks: number[] = [];
    rows.forEach((row, rank) => {
      const record = recordOfRow(row);
      const isStored = this.under(keyOfRow(row)).some(
        (each) =>
          each.record.id === record.id &&
          each.record.revision === record.revision &&
          each.record.chargedUnitPrice === record.chargedUnitPrice &&
          sameContent(each.record, record),
      );
      if (!isStored) ranks.push(rank);
    });
    if (ranks.length === 0) return batch.known(chunk.rows);
    const keys = new Set(ranks.map((rank) => keyOfRow(rows[rank]!)));
    const found = [...keys].flatMap((key) => this.under(key));
    const added = await batch.compare(chunk.rows, ranks, found);
    const more = rowsIn(added.rows);
    if (more.length !== added.count || !this.add(more)) throw new Error('The added rows cannot be added.');
  }

  /** Adds rows, or none of them when a key is taken. */
  private add(rows: readonly Buffer[]): boolean {
    const taken = new Set([...this.byKey.values()].flat().map(({ key, arrival }) => `${key} ${arrival}`));
    const added = rows.map((row) => {
      const each = { key: keyOfRow(row), arrival: row.readInt32BE(ARRIVAL_AT), record: recordOfRow(row) };
      return { ...each, reporterId: this.reporterId, reference: null };
    });
    for (const { key, arrival } of added) {
      if (taken.has(`${key} ${arrival}`)) return false;
      taken.add(`${key} ${arrival}`);
    }
    for (const each of added) this.byKey.set(each.key, [...this.under(each.key), each]);
    return true;
  }

  private under(key: string): readonly StoredRevision[] {
    return this.byKey.get(key) ?? [];
  }
}

/** What a body holds in one place, and where that is. */
export interface Item {
  /** A parsed record; undefined for what is none in its format. */
  value: unknown;
  index: number;
  line: number | undefined;
  pointer: string;
}

/** The specification, one record after the other (domain contract, sections 4 and 5). */
export class Specification {
  readonly stored: TrafficRecord[] = [];

  /** What a batch comes to. Errors have no detail, and are in the order of records. */
  batch(items: readonly Item[], plan: IntakePlan) {
    const periods = new PeriodTable(plan.timezone, plan.versions, new Set(plan.closed), plan.lastPeriod);
    const periodsOf = ({ start, end }: TrafficRecord) => periods.overlapping(start, end);
    const usage = new UsageSums(plan.side, plan.prices);
    const counts = { received: 0, created: 0, superseded: 0, duplicate: 0, rejected: 0 };
    const errors: { index: number; line?: number; pointer: string; code: string }[] = [];
    const taken: TrafficRecord[] = [];
    const refuse = ({ index, line, pointer }: Item, mistakes: { pointer: string; code: string }[]): void => {
      counts.rejected += 1;
      for (const each of mistakes) {
        const place = { index, ...(line !== undefined && { line }) };
        errors.push({ ...place, pointer: pointer + each.pointer, code: each.code });
      }
    };
    for (const item of items) {
      counts.received += 1;
      const record = readRecord(item.value);
      if (Array.isArray(record)) {
        refuse(item, item.value === undefined ? [{ pointer: '', code: 'invalid_record' }] : record);
        continue;
      }
      const ofId = this.stored.filter(({ id }) => id === record.id);
      const decision = decideRevision(ofId, record);
      if (decision.outcome === 'conflict') {
        refuse(item, [{ pointer: '/id', code: 'record_conflict' }]);
        continue;
      }
      if (decision.outcome !== 'duplicate') {
        const replaced = decision.outcome === 'created' ? decision.replaces : null;
        const refusal =
          refuseRecord(record, periodsOf(record), plan.now) ??
          refuseSuspended(record, plan.suspensions) ??
          refuseClosed(periodsOf(record)) ??
          (replaced && refuseClosed(periodsOf(replaced)));
        if (refusal && !(decision.outcome === 'superseded' && refusal.code === 'period_closed')) {
          refuse(item, [refusal]);
          continue;
        }
        this.stored.push(record);
        if (decision.outcome === 'created') usage.add(record, periodsOf(record), 1);
        if (replaced) usage.add(replaced, periodsOf(replaced), -1);
      }
      counts[decision.outcome] += 1;
      taken.push(record);
    }
    return {
      counts,
      totalBytes: taken.reduce((sum, { bytes }) => sum + bytes, 0n),
      earliest: taken.length > 0 ? Math.min(...taken.map(({ start }) => start)) : null,
      latest: taken.length > 0 ? Math.max(...taken.map(({ end }) => end)) : null,
      errors,
      errorCount: errors.length,
      usage: addedUp([usageRows(usage.totals())]),
    };
  }
}

/** What the reader said, in the form of the specification. */
export function outcomeOf(result: IntakeResult) {
  const { sha256: _, errors, ...rest } = result;
  return { ...rest, errors: errors.map(({ detail: _detail, ...error }) => error) };
}

/** Records in an order of their own, so that two sets of them can be compared. */
export function inOrder(records: readonly TrafficRecord[]): TrafficRecord[] {
  const keyOf = ({ id, revision }: TrafficRecord): string => `${id} ${revision}`;
  return [...records].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}
