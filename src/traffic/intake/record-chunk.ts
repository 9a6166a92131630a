import type { Refusal } from '../rules/period-rules.js';
import type { TrafficRecord } from '../rules/traffic-record.js';
import type { IntakePlan } from './plan.js';
import { sha256Key, type KeyHash } from './record-key.js';
import { keyOfRow, RecordRows, recordOfRow } from './record-rows.js';
import type { RunningUsage } from './running-usage.js';
import type { ScannedRecord } from './scanned-record.js';

/** Records that go to the database together. */
const CHUNK_RECORDS = 16_000;
/** Rows of that many plain records, about. */
const CHUNK_BYTES = 3.5 * 2 ** 20;
/** What the last part of a body may add to that. */
const SLACK_BYTES = 128 * 1024;
/** A part of a body is read to its end, so a chunk may grow somewhat over its size. */
const CAPACITY = 2 ** 15;
const PROBES = 48;

/** How records are cut into chunks and told apart; tests choose other ways to see more in less. */
export interface Chunking {
  records_max: number;
  /** Of a batch's first chunk, so that the database is soon at work. */
  first_records_max: number;
  keyOf: KeyHash;
}

export const CHUNKING: Chunking = {
  records_max: CHUNK_RECORDS,
  first_records_max: CHUNK_RECORDS / 8,
  keyOf: sha256Key,
};

/** What a record needs that is not added by its class. */
export interface SpecialRecord {
  record: TrafficRecord;
  /** Why it is not taken, unless it is stored already. */
  refusal: Refusal | null;
  /** What leads from the item of the body to the record. */
  at: string;
}

/** A few thousand records of a batch in the order sent, as rows, with what is needed to add them up later. */
export class RecordChunk {
  count = 0;
  /** Sums of each record, by its place; -1 for special ones. */
  readonly bucketSum = new Int32Array(CAPACITY);
  readonly customerSum = new Int32Array(CAPACITY);
  readonly bytes = new Float64Array(CAPACITY);
  readonly start = new Float64Array(CAPACITY);
  readonly end = new Float64Array(CAPACITY);
  readonly index = new Float64Array(CAPACITY);
  readonly line = new Float64Array(CAPACITY);
  readonly special = new Map<number, SpecialRecord>();
  private readonly rows: RecordRows;
  private readonly rowStart = new Int32Array(CAPACITY + 1);
  private readonly sortKeys = new Float64Array(CAPACITY);
  /** Places in the order of their rows' keys; made by `sorted`. */
  private order = new Float64Array(0);

  constructor(
    plan: IntakePlan,
    /** Where its records are added; all of a chunk's in one. */
    public usage: RunningUsage,
    chunking: Chunking = CHUNKING,
    /** How many records it takes. */
    private records_max = chunking.records_max,
  ) {
    this.rows = new RecordRows(plan, CHUNK_BYTES + SLACK_BYTES, chunking.keyOf);
  }

  get isFull(): boolean {
    return this.count >= this.records_max || this.rows.length >= CHUNK_BYTES;
  }

  /** Whether not one more fits. */
  get isOverfull(): boolean {
    return this.count === CAPACITY;
  }

  reset(usage: RunningUsage, records_max: number): void {
    this.count = 0;
    this.usage = usage;
    this.records_max = records_max;
    this.special.clear();
    this.rows.clear();
  }

  /** Adds a scanned record that `usage` just placed. */
  addPlaced(record: ScannedRecord, index: number, line: number): void {
    const at = this.count;
    this.bucketSum[at] = this.usage.bucketSum;
    this.customerSum[at] = this.usage.customerSum;
    this.bytes[at] = record.bytes;
    this.rows.writeScanned(record);
    this.note(record.start, record.end, index, line);
  }

  addSpecial(special: SpecialRecord, index: number, line: number): void {
    const { record } = special;
    this.bucketSum[this.count] = -1;
    this.special.set(this.count, special);
    this.rows.write(record);
    this.note(record.start, record.end, index, line);
  }

  private note(start: number, end: number, index: number, line: number): void {
    const at = this.count;
    this.start[at] = start;
    this.end[at] = end;
    this.index[at] = index;
    this.line[at] = line;
    this.sortKeys[at] = this.rows.keyPrefix * CAPACITY + at;
    this.count += 1;
    this.rowStart[this.count] = this.rows.length;
  }

  /** All rows, sorted by key, in memory of their own: an index takes sorted keys much faster. */
  sorted(memory?: ArrayBuffer): Uint8Array<ArrayBuffer> {
    this.order = this.sortKeys.slice(0, this.count).sort();
    for (let rank = 0; rank < this.count; rank += 1) this.order[rank]! %= CAPACITY;
    return this.rowsAt(this.order, memory);
  }

  /** Keys spread over the chunk, to find out whether it was sent before. */
  probes(): string[] {
    const step = Math.max(1, Math.floor(this.count / PROBES));
    return Array.from({ length: Math.min(this.count, PROBES) }, (_, n) => this.keyAt(n * step));
  }

  /** Places by their ranks in the sorted rows, in the order sent. */
  placesOf(ranks: readonly number[]): number[] {
    return ranks.map((rank) => this.order[rank]!).sort((a, b) => a - b);
  }

  /** The rows at these places, behind each other in memory of their own; in that given if it is large enough. */
  rowsAt(places: ArrayLike<number>, memory?: ArrayBuffer): Uint8Array<ArrayBuffer> {
    let length = 0;
    for (let n = 0; n < places.length; n += 1) {
      const place = places[n]!;
      length += this.rowStart[place + 1]! - this.rowStart[place]!;
    }
    const isEnough = memory !== undefined && memory.byteLength >= length;
    const rows = isEnough ? new Uint8Array(memory, 0, length) : new Uint8Array(length);
    let target = 0;
    for (let n = 0; n < places.length; n += 1) {
      const row = this.rowAt(places[n]!);
      rows.set(row, target);
      target += row.length;
    }
    return rows;
  }

  /** The row at a place, to be read or changed. */
  rowAt(place: number): Uint8Array {
    return this.rows.bytes.subarray(this.rowStart[place], this.rowStart[place + 1]);
  }

  keyAt(place: number): string {
    return keyOfRow(this.rowAt(place));
  }

  recordAt(place: number): TrafficRecord {
    return this.special.get(place)?.record ?? recordOfRow(this.rowAt(place));
  }
}
