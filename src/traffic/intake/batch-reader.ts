import { createHash } from 'node:crypto';
import { decideRevision } from '../rules/decide-revision.js';
import { refuseClosed } from '../rules/period-rules.js';
import { PeriodTable } from '../rules/period-table.js';
import { readRecord, type RecordMistake } from '../rules/read-record.js';
import type { TrafficRecord } from '../rules/traffic-record.js';
import { trafficProblems } from '../traffic.errors.js';
import { BatchTally, type Place } from './batch-tally.js';
import type { BatchBody, RecordSink } from './body.js';
import { CsvBody } from './csv-body.js';
import { CloudEventsBody, RecordsBody } from './json-body.js';
import type { IntakeEvent } from './messages.js';
import { NdjsonBody } from './ndjson-body.js';
import type { IntakePlan } from './plan.js';
import { Pseudonyms } from './pseudonyms.js';
import { CHUNKING, RecordChunk } from './record-chunk.js';
import { setArrival } from './record-rows.js';
import { RunningUsage } from './running-usage.js';
import type { ScannedRecord } from './scanned-record.js';
import { StoredRevisions, type StoredRevision } from './stored-revisions.js';
import { recordOf, refusalOf, type UsageRules } from './usage-classes.js';
import { usageRows } from '../rules/usage-rows.js';

/** Chunks that may wait for the database while the next one fills. */
const UNSETTLED_MAX = 2;

/**
 * Reads one batch: cuts the body into records, checks them, writes them as rows in chunks, and adds up what they
 * change once it is told what became of a chunk. It looks nothing up and never waits; it says what it has read,
 * so that whoever feeds it goes no faster than the database.
 */
export class BatchReader implements RecordSink {
  private readonly hash = createHash('sha256');
  private readonly tally = new BatchTally();
  private readonly rules: UsageRules;
  private readonly body: BatchBody;
  /** Null where customers are kept as they are. */
  private readonly pseudonyms: Pseudonyms | null;
  /** Customers of records that are stored and in no sum. */
  private readonly superseded = new Set<string>();
  private readonly parts: Uint8Array<ArrayBuffer>[] = [];
  /** Of rows that were sent, to be used again: the garbage collector would be late with it. */
  private readonly memory: ArrayBuffer[] = [];
  private readonly unsettled: RecordChunk[] = [];
  private readonly spare: RecordChunk[] = [];
  private usage: RunningUsage;
  private filling: RecordChunk;
  /** Records that are refused unless they are stored already: only those have to be looked for one by one. */
  private doubtful: RecordChunk;
  private phase: 'reading' | 'ended' | 'read' | 'done' = 'reading';

  constructor(
    private readonly plan: IntakePlan,
    private readonly emit: (event: IntakeEvent) => void,
    private readonly chunking = CHUNKING,
  ) {
    const { timezone, versions, closed, lastPeriod } = plan;
    this.rules = { ...plan, periods: new PeriodTable(timezone, versions, new Set(closed), lastPeriod) };
    this.body = bodyOf(plan, this);
    this.pseudonyms = plan.customerKeys.length > 0 ? new Pseudonyms(plan.customerKeys) : null;
    this.usage = new RunningUsage(this.rules);
    this.filling = new RecordChunk(plan, this.usage, chunking, chunking.first_records_max);
    this.doubtful = new RecordChunk(plan, this.usage, chunking);
  }

  /** Takes a part of the body. */
  push(part: Uint8Array<ArrayBuffer>): void {
    this.parts.push(part);
    this.goOn();
  }

  /** The body is complete. */
  end(): void {
    this.phase = 'ended';
    this.goOn();
  }

  /** Every record of the oldest chunk was new and is stored, or was stored just as it is. */
  settleAll(outcome: 'created' | 'duplicate', memory: ArrayBuffer): void {
    const chunk = this.unsettled.shift()!;
    this.memory.push(memory);
    for (let at = 0; at < chunk.count; at += 1) this.count(chunk, at, outcome, null);
    this.retire(chunk);
  }

  /** Decides on the records of the oldest chunk that are not stored as they are, given what is. */
  settleCompared(memory: ArrayBuffer, ranks: readonly number[], found: readonly StoredRevision[]): void {
    const chunk = this.unsettled.shift()!;
    this.memory.push(memory);
    const stored = new StoredRevisions(this.plan.reporterId, found);
    const isNew = new Uint8Array(chunk.count);
    const places = chunk.placesOf(ranks);
    for (const at of places) isNew[at] = 1;
    for (let at = 0; at < chunk.count; at += 1) if (isNew[at] === 0) this.count(chunk, at, 'duplicate', null);
    const accepted = places.filter((at) => this.decide(chunk, at, stored));
    this.emit({ kind: 'compared', rows: chunk.rowsAt(accepted), count: accepted.length });
    this.retire(chunk);
  }

  scanned(record: ScannedRecord, line: number): void {
    const index = this.receive();
    this.pseudonyms?.replaceIn(record);
    if (this.filling.usage.place(record)) this.filling.addPlaced(record, index, line);
    else this.addSpecial(recordOf(record), '', index, line);
  }

  value(value: unknown, line: number, at = ''): void {
    const index = this.receive();
    const record = readRecord(value);
    if (!Array.isArray(record))
      return this.addSpecial(this.pseudonyms?.replaced(record) ?? record, at, index, line);
    const mistakes = record.map((each) => ({ ...each, pointer: at + each.pointer }));
    this.tally.reject(this.placeOf(index, line), mistakes);
  }

  refused(mistakes: readonly RecordMistake[], line: number): void {
    this.tally.reject(this.placeOf(this.receive(), line), mistakes);
  }

  private addSpecial(record: TrafficRecord, at: string, index: number, line: number): void {
    const refusal = refusalOf(record, this.rules);
    const chunk = refusal ? this.doubtful : this.filling;
    chunk.addSpecial({ record, refusal, at }, index, line);
  }

  /** Counts a record in, and gives its index. */
  private receive(): number {
    if (this.filling.isOverfull || this.doubtful.isOverfull)
      throw new Error('A part of a body held more records than a chunk takes.');
    const { counts } = this.tally;
    if (counts.received === this.plan.limits.records) {
      throw trafficProblems.too_many_records(
        `A stream has at most ${this.plan.limits.records} records; send several.`,
      );
    }
    counts.received += 1;
    return counts.received - 1;
  }

  private goOn(): void {
    while (this.hasRoom()) {
      const part = this.parts.shift();
      if (part) {
        this.hash.update(part);
        this.body.write(part);
        this.emit({ kind: 'read', memory: part.buffer, bytes: part.length });
      } else if (this.phase === 'ended') {
        this.body.end();
        this.phase = 'read';
      } else if (this.phase !== 'read' || !this.body.next()) {
        break;
      }
    }
    if (this.phase === 'read' && this.hasRoom()) this.finish();
  }

  /** Whether more can be read; sends what is full to make room. */
  private hasRoom(): boolean {
    return (!this.filling.isFull || this.sendFilling()) && (!this.doubtful.isFull || this.sendDoubtful());
  }

  private finish(): void {
    if (this.filling.count > 0 && !this.sendFilling()) return;
    if (this.doubtful.count > 0 && !this.sendDoubtful()) return;
    if (this.unsettled.length > 0) return;
    if (this.tally.counts.received === 0) throw emptyBatch();
    this.phase = 'done';
    this.emitUsage(this.usage);
    this.emit({ kind: 'done', result: this.tally.result(this.hash.digest('hex')) });
  }

  /** Sends the records that can be taken; false while too many chunks wait for the database. */
  private sendFilling(): boolean {
    if (!this.send(this.filling, false)) return false;
    if (this.usage.isFull) this.usage = new RunningUsage(this.rules);
    this.filling = this.emptyChunk();
    // Or the sums that are now complete would wait for a chunk that may never be sent.
    if (this.doubtful.count === 0) this.doubtful.reset(this.usage, this.chunking.records_max);
    return true;
  }

  /** Sends them after those that can be taken, so that what they meet is stored. */
  private sendDoubtful(): boolean {
    if (this.filling.count > 0 && !this.sendFilling()) return false;
    if (!this.send(this.doubtful, true)) return false;
    this.doubtful = this.emptyChunk();
    return true;
  }

  private send(chunk: RecordChunk, mustCompare: boolean): boolean {
    if (this.unsettled.length >= UNSETTLED_MAX) return false;
    const rows = chunk.sorted(this.memory.pop());
    this.emit({ kind: 'chunk', rows, count: chunk.count, probes: chunk.probes(), mustCompare });
    this.unsettled.push(chunk);
    return true;
  }

  private emptyChunk(): RecordChunk {
    const chunk = this.spare.pop() ?? new RecordChunk(this.plan, this.usage, this.chunking);
    chunk.reset(this.usage, this.chunking.records_max);
    return chunk;
  }

  /** Writes a chunk's sums out if it was the last to be added to them, and goes on. */
  private retire(chunk: RecordChunk): void {
    const { usage } = chunk;
    const isUsed = [...this.unsettled, this.filling, this.doubtful].some((each) => each.usage === usage);
    if (!isUsed) this.emitUsage(usage);
    this.spare.push(chunk);
    this.goOn();
  }

  /** Says what stored records come to, and of whom they are. */
  private emitUsage(usage: RunningUsage): void {
    const totals = usage.totals();
    this.emit({ kind: 'usage', rows: usageRows(totals) });
    const { pseudonyms } = this;
    if (!pseudonyms) return;
    const references = new Map<string, string>();
    for (const customer of [...[...totals.customers].map((sum) => sum.customer), ...this.superseded]) {
      const reference = pseudonyms.referenceOf(customer);
      if (reference !== null) references.set(customer, reference);
    }
    this.superseded.clear();
    if (references.size > 0) this.emit({ kind: 'customers', references });
  }

  /** Decides on one record that is not stored as it is, and counts it; true when it is to be stored. */
  private decide(chunk: RecordChunk, at: number, stored: StoredRevisions): boolean {
    const record = chunk.recordAt(at);
    const key = chunk.keyAt(at);
    const revisions = stored.of(key, record.id);
    const compared = revisions.map(
      (each) => this.pseudonyms?.alike(each, stored.referenceOf(each), record) ?? each,
    );
    const decision = decideRevision(compared, record);
    if (decision.outcome === 'duplicate') {
      this.count(chunk, at, 'duplicate', null);
      return false;
    }
    if (decision.outcome === 'conflict') {
      const detail = `revision ${record.revision} of this id is stored with other content; send a higher revision`;
      this.reject(chunk, at, { pointer: '/id', code: 'record_conflict', detail });
      return false;
    }
    // As it is stored, and so was added up.
    const replaced =
      decision.outcome === 'created' && decision.replaces
        ? revisions[compared.indexOf(decision.replaces)]!
        : null;
    const refusal = chunk.special.get(at)?.refusal ?? (replaced && refuseClosed(this.periodsOf(replaced)));
    // What changes no figure is kept, also of a period that takes nothing more.
    if (refusal && !(decision.outcome === 'superseded' && refusal.code === 'period_closed')) {
      this.reject(chunk, at, refusal);
      return false;
    }
    setArrival(chunk.rowAt(at), stored.add(key, record));
    if (decision.outcome === 'superseded' && record.customer !== null) this.superseded.add(record.customer);
    this.count(chunk, at, decision.outcome, replaced);
    return true;
  }

  private count(
    chunk: RecordChunk,
    at: number,
    outcome: 'created' | 'superseded' | 'duplicate',
    replaced: TrafficRecord | null,
  ): void {
    const { tally } = this;
    tally.count(outcome, chunk.start[at]!, chunk.end[at]!);
    const bucketSum = chunk.bucketSum[at]!;
    const bytes = chunk.bytes[at]!;
    const special = bucketSum < 0 ? chunk.special.get(at)! : null;
    if (special) tally.addManyBytes(special.record.bytes);
    else tally.addBytes(bytes);
    if (outcome !== 'created') return;
    if (special) chunk.usage.special.add(special.record, this.periodsOf(special.record), 1);
    else chunk.usage.add(bucketSum, chunk.customerSum[at]!, bytes);
    if (replaced) chunk.usage.special.add(replaced, this.periodsOf(replaced), -1);
  }

  private reject(
    chunk: RecordChunk,
    at: number,
    mistake: { pointer: string; code: string; detail: string },
  ): void {
    const place = this.placeOf(chunk.index[at]!, chunk.line[at]!);
    const pointer = (chunk.special.get(at)?.at ?? '') + mistake.pointer;
    this.tally.reject(place, [{ ...mistake, pointer }]);
  }

  private periodsOf({ start, end }: TrafficRecord) {
    return this.rules.periods.overlapping(start, end);
  }

  private placeOf(index: number, line: number): Place {
    return { index, ...(line > 0 && { line }), pointer: this.body.pointerOf(index) };
  }
}

function bodyOf({ format, limits }: IntakePlan, sink: RecordSink): BatchBody {
  switch (format) {
    case 'ndjson':
      return new NdjsonBody(sink, limits.record_bytes);
    case 'csv':
      return new CsvBody(sink, limits.record_bytes);
    case 'json':
      return new RecordsBody(sink, limits.records);
    case 'cloudevents':
      return new CloudEventsBody(sink, limits.records);
  }
}

function emptyBatch(): Error {
  return trafficProblems.invalid_batch(
    'A batch has at least one record; who had no traffic says so with a record of "0" bytes.',
  );
}
