import { isDecimal } from '../../money/index.js';
import { parseInstant } from '../../period/index.js';

/** The members of a traffic record, by number. */
export const MEMBER = {
  id: 0,
  sourceRegion: 1,
  destinationRegion: 2,
  service: 3,
  customer: 4,
  chargedUnitPrice: 5,
  direction: 6,
  start: 7,
  end: 8,
  bytes: 9,
  revision: 10,
  void: 11,
} as const;

/** How many of them, from the first, are texts that are kept as they are. */
export const TEXT_MEMBERS = 6;

const TEXT_MAX = 128;
const SPACE = 0x20;
const ZERO = 0x30;
const ABSENT = -1;
/** `bytes` up to here are held exactly; more take the long way. */
const SAFE_DIGITS = 15;
const REVISION_DIGITS = 9;
const DAY_MS = 86_400_000;
const REQUIRED =
  (1 << MEMBER.id) | (1 << MEMBER.direction) | (1 << MEMBER.start) | (1 << MEMBER.end) | (1 << MEMBER.bytes);

/** First days of the months from 2000-01 to 2100-01, in days since 1970. */
const MONTH_STARTS = Int32Array.from({ length: 1_201 }, (_, month) => Date.UTC(2000, month, 1) / DAY_MS);

/**
 * A record as it lies in the bytes of a body: texts are ranges of `source`, all else is read. It holds plain
 * records only, in printable ASCII and figures that a double holds; `set` tells what is not plain, which then
 * is read by `rules/read-record.ts`. So whatever is wrong with a record, one place says it.
 */
export class ScannedRecord {
  source: Uint8Array = new Uint8Array(0);
  /** Where each text begins and ends; -1 where it is absent. */
  readonly from = new Int32Array(TEXT_MEMBERS);
  readonly to = new Int32Array(TEXT_MEMBERS);
  isEgress = true;
  /** Instants in milliseconds, whole seconds. */
  start = 0;
  end = 0;
  bytes = 0;
  revision = 0;
  private seen = 0;
  private readonly own = new Uint8Array(TEXT_MEMBERS * TEXT_MAX);

  begin(source: Uint8Array): void {
    this.source = source;
    this.from.fill(ABSENT);
    this.to.fill(ABSENT);
    this.revision = 0;
    this.seen = 0;
  }

  /** Notes that a member is there; false when it was before. */
  see(member: number): boolean {
    const bit = 1 << member;
    if ((this.seen & bit) !== 0) return false;
    this.seen |= bit;
    return true;
  }

  /** Reads a member's value from its text, quotes left out. The text is printable ASCII. False: not plain. */
  set(member: number, from: number, to: number): boolean {
    if (member < TEXT_MEMBERS) {
      return this.setText(member, from, to) && (member !== MEMBER.chargedUnitPrice || this.isPriced());
    }
    switch (member) {
      case MEMBER.direction:
        this.isEgress = isText(this.source, from, to, EGRESS);
        return this.isEgress || isText(this.source, from, to, INGRESS);
      case MEMBER.start:
        this.start = instantAt(this.source, from, to);
        return this.start >= 0;
      case MEMBER.end:
        this.end = instantAt(this.source, from, to);
        return this.end >= 0;
      case MEMBER.bytes:
        this.bytes = wholeNumberAt(this.source, from, to, SAFE_DIGITS);
        return this.bytes >= 0;
      case MEMBER.revision:
        this.revision = wholeNumberAt(this.source, from, to, REVISION_DIGITS);
        return this.revision >= 0;
      default:
        return isText(this.source, from, to, FALSE);
    }
  }

  /** Whether all is there that a record must have. */
  isComplete(): boolean {
    return (this.seen & REQUIRED) === REQUIRED && this.from[MEMBER.id] !== ABSENT && this.start < this.end;
  }

  /** A text as a string, or null where it is absent. */
  text(member: number): string | null {
    const from = this.from[member]!;
    return from === ABSENT ? null : asciiAt(this.source, from, this.to[member]!);
  }

  /** Puts another text in the place of one; all texts move to memory of the record's own. */
  replaceText(member: number, text: Uint8Array): void {
    const { from, to, source, own } = this;
    let length = 0;
    for (let each = 0; each < TEXT_MEMBERS; each += 1) {
      if (from[each]! < 0) continue;
      const start = length;
      if (each === member) {
        own.set(text, start);
        length += text.length;
      } else {
        for (let at = from[each]!; at < to[each]!; at += 1) own[length++] = source[at]!;
      }
      from[each] = start;
      to[each] = length;
    }
    this.source = own;
  }

  private isPriced(): boolean {
    return isDecimal(this.text(MEMBER.chargedUnitPrice)!);
  }

  private setText(member: number, from: number, to: number): boolean {
    const length = to - from;
    if (length < 1 || length > TEXT_MAX) return false;
    if (this.source[from] === SPACE || this.source[to - 1] === SPACE) return false;
    this.from[member] = from;
    this.to[member] = to;
    return true;
  }
}

const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const EGRESS = ascii('egress');
const INGRESS = ascii('ingress');
const FALSE = ascii('false');

/** Whether the bytes are exactly this text. */
export function isText(source: Uint8Array, from: number, to: number, text: Uint8Array): boolean {
  if (to - from !== text.length) return false;
  for (let at = 0; at < text.length; at += 1) if (source[from + at] !== text[at]) return false;
  return true;
}

/** The bytes as a string; they are ASCII. */
export function asciiAt(source: Uint8Array, from: number, to: number): string {
  return Buffer.from(source.buffer, source.byteOffset + from, to - from).toString('latin1');
}

/** The figure that decimal digits make, or -1 for anything else, leading zeros and more digits included. */
function wholeNumberAt(source: Uint8Array, from: number, to: number, digitsMax: number): number {
  const length = to - from;
  if (length < 1 || length > digitsMax || (source[from] === ZERO && length > 1)) return -1;
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = source[at]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/**
 * The instant of `2026-10-01T00:00:00Z` and other RFC 3339 texts of whole seconds, or -1. Most are in UTC
 * without a fraction; those are read here, all others by `parseInstant`.
 */
function instantAt(source: Uint8Array, from: number, to: number): number {
  if (to - from === 20 && source[from + 19] === 0x5a) {
    const day = dayAt(source, from);
    const second = secondAt(source, from + 11);
    if (day >= 0 && second >= 0 && source[from + 10] === 0x54) return day * DAY_MS + second * 1_000;
  }
  const instant = parseInstant(asciiAt(source, from, to));
  return instant !== null && instant % 1_000 === 0 ? instant : -1;
}

/** The day of `2026-10-01` since 1970, or -1 where it is none of the years 2000 to 2099. */
function dayAt(source: Uint8Array, from: number): number {
  const century = pairAt(source, from);
  const year = pairAt(source, from + 2);
  const month = pairAt(source, from + 5);
  const day = pairAt(source, from + 8);
  if (century !== 20 || year < 0 || month < 1 || month > 12 || day < 1) return -1;
  if (source[from + 4] !== 0x2d || source[from + 7] !== 0x2d) return -1;
  const start = MONTH_STARTS[year * 12 + month - 1]! + day - 1;
  return start < MONTH_STARTS[year * 12 + month]! ? start : -1;
}

function secondAt(source: Uint8Array, from: number): number {
  const hour = pairAt(source, from);
  const minute = pairAt(source, from + 3);
  const second = pairAt(source, from + 6);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return -1;
  if (source[from + 2] !== 0x3a || source[from + 5] !== 0x3a) return -1;
  return (hour * 60 + minute) * 60 + second;
}

function pairAt(source: Uint8Array, at: number): number {
  const tens = source[at]! - ZERO;
  const ones = source[at + 1]! - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}
