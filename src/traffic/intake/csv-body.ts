import { isUtf8 } from 'node:buffer';
import { trafficProblems } from '../traffic.errors.js';
import { mistake } from '../rules/read-record.js';
import type { RecordSink } from './body.js';
import { splitCsv } from './csv-fields.js';
import { LinesBody } from './lines-body.js';
import { MEMBER } from './scanned-record.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const SPACE = 0x20;
const LAST_PRINTABLE = 0x7e;
const BYTE_ORDER_MARK = /^\uFEFF/;
const NEEDED = ['id', 'direction', 'start', 'end', 'bytes'] as const;

/**
 * CSV with a header row (RFC 4180): the columns are a record's members in any order, an empty cell is an absent
 * member. A byte order mark, as spreadsheets write it, is passed over.
 */
export class CsvBody extends LinesBody {
  private columns: string[] | null = null;
  /** The columns' members, by number. */
  private members: number[] = [];

  constructor(sink: RecordSink, record_bytes_max: number) {
    super(sink, { record_bytes_max, isQuoted: true });
  }

  protected take(source: Uint8Array, from: number, to: number, line: number): void {
    if (this.columns && this.scan(source, from, to)) return this.sink.scanned(this.record, line);
    const bytes = Buffer.from(source.buffer, source.byteOffset + from, to - from);
    const text = this.columns ? bytes.toString('utf8') : bytes.toString('utf8').replace(BYTE_ORDER_MARK, '');
    const fields = isUtf8(bytes) ? splitCsv(text) : 'has bytes that are not UTF-8';
    if (!this.columns) return this.readHeader(fields, line);
    if (typeof fields === 'string') return this.refuse(`The line ${fields}.`, line);
    if (fields.length !== this.columns.length) {
      const detail = `The line has ${fields.length} fields, and the header ${this.columns.length}.`;
      return this.refuse(detail, line);
    }
    this.sink.value(recordOfFields(this.columns, fields), line);
  }

  /** Reads a line of plain cells: printable ASCII without quotes. */
  private scan(source: Uint8Array, from: number, to: number): boolean {
    const { record, members } = this;
    record.begin(source);
    let column = 0;
    let start = from;
    for (let at = from; at <= to; at += 1) {
      const byte = at === to ? COMMA : source[at]!;
      if (byte < SPACE || byte > LAST_PRINTABLE || byte === QUOTE) return false;
      if (byte !== COMMA) continue;
      const member = members[column];
      if (member === undefined) return false;
      if (at > start && !(record.see(member) && record.set(member, start, at))) return false;
      column += 1;
      start = at + 1;
    }
    return column === members.length && record.isComplete();
  }

  private refuse(detail: string, line: number): void {
    this.sink.refused([mistake('', detail)], line);
  }

  private readHeader(fields: string[] | string, line: number): void {
    if (typeof fields === 'string') throw invalidHeader(`it ${fields}`, line);
    const names = fields.map((name) => name.trim());
    const unknown = names.find((name) => !Object.hasOwn(MEMBER, name));
    if (unknown !== undefined)
      throw invalidHeader(`${JSON.stringify(unknown.slice(0, 100))} is no member of a record`, line);
    const twice = names.find((name, n) => names.indexOf(name) !== n);
    if (twice !== undefined) throw invalidHeader(`${twice} is there twice`, line);
    const missing = NEEDED.filter((name) => !names.includes(name));
    if (missing.length > 0) throw invalidHeader(`it lacks ${missing.join(', ')}`, line);
    this.columns = names;
    this.members = names.map((name) => MEMBER[name as keyof typeof MEMBER]);
  }
}

/** What JSON would have had for these cells; what no cell can say right stays a text, and is refused as such. */
function recordOfFields(columns: readonly string[], fields: readonly string[]): Record<string, unknown> {
  const cells = columns.map((name, n) => [name, fields[n]!] as const).filter(([, text]) => text !== '');
  return Object.fromEntries(cells.map(([name, text]) => [name, valueOf(name, text)]));
}

function valueOf(name: string, text: string): unknown {
  if (name === 'revision' && /^(0|[1-9]\d{0,9})$/.test(text)) return Number(text);
  if (name === 'void' && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}

function invalidHeader(why: string, line: number): Error {
  const known = Object.keys(MEMBER).join(', ');
  return trafficProblems.invalid_batch(`The header row cannot be read: ${why}. Columns may be ${known}.`, {
    errors: [{ line, pointer: '', code: 'invalid_batch', detail: `header row: ${why}` }],
  });
}
