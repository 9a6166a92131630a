import type { TrafficRecord } from '../rules/traffic-record.js';
import { CopyWriter } from './copy-writer.js';
import type { IntakePlan } from './plan.js';
import { KEY_BYTES, sha256Key, type KeyHash } from './record-key.js';
import { MEMBER, type ScannedRecord } from './scanned-record.js';

/**
 * The columns of `traffic_records` in the order in which `RecordRows` writes their fields. Whose a record is, and of
 * which batch, is no business of a row: it is that of the transaction which copies it.
 */
export const RECORD_ROW_COLUMNS = [
  'arrival',
  'record_key',
  'revision',
  'bytes',
  'starts_at',
  'ends_at',
  'void',
  'direction',
  'record_id',
  'source_region',
  'destination_region',
  'service',
  'customer',
  'charged_unit_price',
] as const;

const UUID_BYTES = 16;
/** Where fields lie in a row: behind the count of fields, each behind its length. */
const ARRIVAL_AT = 2 + 4;
const KEY_AT = ARRIVAL_AT + 4 + 4;

/** More than a record can take that has six texts of 128 characters of at most four bytes. */
const ROW_MAX_BYTES = 4_096;
const TEXTS = [
  MEMBER.sourceRegion,
  MEMBER.destinationRegion,
  MEMBER.service,
  MEMBER.customer,
  MEMBER.chargedUnitPrice,
] as const;

const EGRESS = Uint8Array.from(Buffer.from('egress', 'latin1'));
const INGRESS = Uint8Array.from(Buffer.from('ingress', 'latin1'));

/** Writes records as rows of `traffic_records`, each with the key of its id, one behind the other. */
export class RecordRows {
  private readonly writer: CopyWriter;
  /** The reporter's id and, behind it, the record's: what the key is made of. */
  private readonly keyed = Buffer.alloc(UUID_BYTES + 4 * 128);
  /** Views of it by their length: making one for each record would keep the garbage collector busy. */
  private readonly keyedViews: Uint8Array[] = [];
  private key = '';

  constructor(
    { reporterId }: Pick<IntakePlan, 'reporterId'>,
    capacity_bytes: number,
    private readonly keyOf: KeyHash = sha256Key,
  ) {
    this.writer = new CopyWriter(capacity_bytes);
    this.keyed.set(uuidBytes(reporterId));
  }

  /** How many bytes are written. */
  get length(): number {
    return this.writer.length;
  }

  /** The written rows; valid until the next one is written. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.writer.bytes;
  }

  clear(): void {
    this.writer.length = 0;
  }

  /** The first four bytes of the latest row's key, by which rows are sorted. */
  get keyPrefix(): number {
    const { key } = this;
    return (
      key.charCodeAt(0) * 0x1000000 +
      ((key.charCodeAt(1) << 16) | (key.charCodeAt(2) << 8) | key.charCodeAt(3))
    );
  }

  /** Writes a scanned record. */
  writeScanned(record: ScannedRecord): void {
    const { writer } = this;
    const { source, from, to } = record;
    writer.reserve(ROW_MAX_BYTES);
    const idFrom = from[MEMBER.id]!;
    const idTo = to[MEMBER.id]!;
    for (let at = idFrom; at < idTo; at += 1) this.keyed[UUID_BYTES + at - idFrom] = source[at]!;
    this.begin(idTo - idFrom, record.revision);
    writer.int8(record.bytes);
    writer.instant(record.start);
    writer.instant(record.end);
    writer.truth(false);
    const direction = record.isEgress ? EGRESS : INGRESS;
    writer.raw(direction, 0, direction.length);
    writer.raw(source, idFrom, idTo);
    for (const member of TEXTS) {
      if (from[member]! < 0) writer.nothing();
      else writer.raw(source, from[member]!, to[member]!);
    }
  }

  /** Writes any record. */
  write(record: TrafficRecord): void {
    const { writer } = this;
    writer.reserve(ROW_MAX_BYTES);
    this.begin(this.keyed.write(record.id, UUID_BYTES, 'utf8'), record.revision);
    writer.bigint(record.bytes);
    writer.instant(record.start);
    writer.instant(record.end);
    writer.truth(record.void);
    writer.text(record.direction);
    writer.text(record.id);
    writer.text(record.sourceRegion);
    writer.text(record.destinationRegion);
    writer.text(record.service);
    writer.text(record.customer);
    writer.text(record.chargedUnitPrice);
  }

  private begin(id_bytes: number, revision: number): void {
    const { writer } = this;
    writer.fields(RECORD_ROW_COLUMNS.length);
    writer.int4(0);
    this.key = this.keyOf((this.keyedViews[id_bytes] ??= this.keyed.subarray(0, UUID_BYTES + id_bytes)));
    writer.characters(this.key, KEY_BYTES);
    writer.int4(revision);
  }
}

/** Sets how many records with this row's key arrived before it. */
export function setArrival(row: Uint8Array, arrival: number): void {
  Buffer.from(row.buffer, row.byteOffset).writeInt32BE(arrival, ARRIVAL_AT);
}

/** The key in a row, as PostgreSQL writes a uuid. */
export function keyOfRow(row: Uint8Array): string {
  const hex = Buffer.from(row.buffer, row.byteOffset + KEY_AT, KEY_BYTES).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** The record in a row. */
export function recordOfRow(row: Uint8Array): TrafficRecord {
  const bytes = Buffer.from(row.buffer, row.byteOffset, row.byteLength);
  let at = KEY_AT + KEY_BYTES;
  const next = (): Buffer | null => {
    const length = bytes.readInt32BE(at);
    const start = at + 4;
    at = start + Math.max(length, 0);
    return length < 0 ? null : bytes.subarray(start, at);
  };
  const number = (): bigint => next()!.readBigInt64BE();
  const instant = (): number => Number(number() / 1_000n) + Date.UTC(2000, 0, 1);
  const text = (): string | null => next()?.toString('utf8') ?? null;
  const revision = next()!.readInt32BE();
  return {
    revision,
    bytes: number(),
    start: instant(),
    end: instant(),
    void: next()![0] === 1,
    direction: text() as TrafficRecord['direction'],
    id: text()!,
    sourceRegion: text(),
    destinationRegion: text(),
    service: text(),
    customer: text(),
    chargedUnitPrice: text(),
  };
}

function uuidBytes(id: string): Uint8Array {
  return Uint8Array.from(Buffer.from(id.replaceAll('-', ''), 'hex'));
}
