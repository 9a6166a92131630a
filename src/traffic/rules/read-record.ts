import { isDecimal } from '../../money/index.js';
import { isWholeSecond, parseInstant, type Instant } from '../../period/index.js';
import type { TrafficRecord } from './traffic-record.js';

/** What is wrong with one member of a record. */
export interface RecordMistake {
  pointer: string;
  code: 'invalid_record';
  detail: string;
}

const BYTES_MAX = 2n ** 63n - 1n;
/** Within PostgreSQL's `integer`. */
export const REVISION_MAX = 2 ** 31 - 1;
const TEXT_MAX = 128;

const MEMBERS = new Set([
  'id',
  'direction',
  'start',
  'end',
  'bytes',
  'sourceRegion',
  'destinationRegion',
  'service',
  'customer',
  'chargedUnitPrice',
  'revision',
  'void',
]);

/**
 * Reads a parsed JSON value as a traffic record (domain contract, section 4). Never rounds: a number that
 * JavaScript cannot hold exactly must be sent as a string. Gives every mistake at once.
 */
export function readRecord(input: unknown): TrafficRecord | RecordMistake[] {
  if (!isPlainObject(input)) return [mistake('', 'use a JSON object')];
  const mistakes: RecordMistake[] = Object.keys(input)
    .filter((member) => !MEMBERS.has(member))
    .map((member) => mistake(`/${escapePointer(member)}`, 'remove it: a traffic record has no such member'));
  const note = (member: string, detail: string): void => void mistakes.push(mistake(`/${member}`, detail));

  const { direction } = input;
  if (direction !== 'egress' && direction !== 'ingress') note('direction', 'use "egress" or "ingress"');
  const record: TrafficRecord = {
    id: readText(input, 'id', note) ?? '',
    revision: readRevision(input['revision'], note),
    direction: direction as TrafficRecord['direction'],
    start: readInstant(input, 'start', note),
    end: readInstant(input, 'end', note),
    bytes: readBytes(input['bytes'], note),
    sourceRegion: readText(input, 'sourceRegion', note),
    destinationRegion: readText(input, 'destinationRegion', note),
    service: readText(input, 'service', note),
    customer: readText(input, 'customer', note),
    chargedUnitPrice: readPrice(input['chargedUnitPrice'], note),
    void: readVoid(input['void'], note),
  };
  if (input['id'] === undefined || input['id'] === null) note('id', 'give the record an id of your own');
  if (record.start >= record.end) note('end', 'use an instant after start');
  return mistakes.length > 0 ? mistakes : record;
}

/** Whether it is what braces in JSON make: no list, and no marker of a number that cannot be held. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

type Note = (member: string, detail: string) => void;

function readText(input: Record<string, unknown>, member: string, note: Note): string | null {
  const value = input[member];
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && isPrintable(value)) return value;
  note(member, `use 1 to ${TEXT_MAX} printable characters`);
  return null;
}

/** Neither control nor format characters, no lone surrogates, no space at either end. */
function isPrintable(text: string): boolean {
  if (/^[\x21-\x7e]{1,128}$/.test(text)) return true;
  const length = [...text].length;
  return length >= 1 && length <= TEXT_MAX && !/[\p{C}\p{Zl}\p{Zp}]|^\s|\s$/u.test(text);
}

function readRevision(value: unknown, note: Note): number {
  if (value === undefined) return 0;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= REVISION_MAX)
    return value;
  note('revision', `use a whole number from 0 to ${REVISION_MAX}`);
  return 0;
}

function readInstant(input: Record<string, unknown>, member: 'start' | 'end', note: Note): Instant {
  const value = input[member];
  const instant = typeof value === 'string' ? parseInstant(value) : null;
  if (instant !== null && isWholeSecond(instant)) return instant;
  note(member, 'use an RFC 3339 instant of whole seconds with its offset, such as 2026-10-01T00:00:00Z');
  return NaN;
}

function readBytes(value: unknown, note: Note): bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  if (typeof value === 'string' && /^(0|[1-9]\d{0,18})$/.test(value)) {
    const bytes = BigInt(value);
    if (bytes <= BYTES_MAX) return bytes;
  }
  note(
    'bytes',
    'use a whole number from 0 to 9223372036854775807, as a string where it is above 9007199254740991',
  );
  return 0n;
}

function readPrice(value: unknown, note: Note): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' && isDecimal(value)) return value;
  note('chargedUnitPrice', 'use a decimal string such as "0.22", not negative, of at most 12 decimals');
  return null;
}

function readVoid(value: unknown, note: Note): boolean {
  if (value === undefined) return false;
  if (typeof value === 'boolean') return value;
  note('void', 'use true or false');
  return false;
}

/** Says what is wrong with a record, or with the member at the pointer. */
export function mistake(pointer: string, detail: string): RecordMistake {
  return { pointer, code: 'invalid_record', detail };
}

/** RFC 6901, section 3. */
function escapePointer(member: string): string {
  return member.replaceAll('~', '~0').replaceAll('/', '~1');
}
