/** PostgreSQL's epoch, 2000-01-01, in seconds since 1970. */
const EPOCH_S = 946_684_800;
const WORD = 2 ** 32;

/**
 * Writes tuples in the binary format of PostgreSQL's COPY (its documentation, "Binary Format"): a count of
 * fields, and each field behind its length. Header and trailer are added where the rows are sent.
 */
export class CopyWriter {
  length = 0;
  bytes: Uint8Array<ArrayBuffer>;
  private view: DataView;

  constructor(capacity_bytes: number) {
    this.bytes = new Uint8Array(capacity_bytes);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Makes room for so many bytes more. */
  reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.length + bytes));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }

  fields(count: number): void {
    this.view.setInt16(this.length, count);
    this.length += 2;
  }

  nothing(): void {
    this.view.setInt32(this.length, -1);
    this.length += 4;
  }

  raw(source: Uint8Array, from: number, to: number): void {
    this.view.setInt32(this.length, to - from);
    let target = this.length + 4;
    for (let at = from; at < to; at += 1) this.bytes[target++] = source[at]!;
    this.length = target;
  }

  /** A field of the first characters of a text, which stand for a byte each. */
  characters(text: string, count: number): void {
    this.view.setInt32(this.length, count);
    const target = this.length + 4;
    for (let at = 0; at < count; at += 1) this.bytes[target + at] = text.charCodeAt(at);
    this.length = target + count;
  }

  text(text: string | null): void {
    if (text === null) return this.nothing();
    const size = Buffer.byteLength(text, 'utf8');
    this.reserve(size + 4);
    this.view.setInt32(this.length, size);
    Buffer.from(this.bytes.buffer).write(text, this.length + 4, 'utf8');
    this.length += 4 + size;
  }

  truth(value: boolean): void {
    this.view.setInt32(this.length, 1);
    this.bytes[this.length + 4] = value ? 1 : 0;
    this.length += 5;
  }

  int4(value: number): void {
    this.view.setInt32(this.length, 4);
    this.view.setInt32(this.length + 4, value);
    this.length += 8;
  }

  /** A `bigint` column from a whole number that a double holds, not negative. */
  int8(value: number): void {
    this.view.setInt32(this.length, 8);
    this.view.setUint32(this.length + 4, Math.floor(value / WORD));
    this.view.setUint32(this.length + 8, value % WORD);
    this.length += 12;
  }

  bigint(value: bigint): void {
    this.view.setInt32(this.length, 8);
    this.view.setBigInt64(this.length + 4, value);
    this.length += 12;
  }

  /** A `timestamptz` column from an instant of whole seconds, in milliseconds. */
  instant(instant: number): void {
    const seconds = instant / 1_000 - EPOCH_S;
    const microseconds = seconds * 1_000_000;
    if (microseconds >= 0 && microseconds <= Number.MAX_SAFE_INTEGER) this.int8(microseconds);
    else this.bigint(BigInt(seconds) * 1_000_000n);
  }
}
