import { isText, MEMBER, type ScannedRecord } from './scanned-record.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const LAST_PRINTABLE = 0x7e;

const NAMES = Object.entries(MEMBER).map(([name, member]) => ({
  name: Uint8Array.from(Buffer.from(name, 'latin1')),
  member,
}));
/** Names by their length, since few share one. */
const NAMES_BY_LENGTH = Array.from({ length: 32 }, (_, length) =>
  NAMES.filter(({ name }) => name.length === length),
);
const NULL = Uint8Array.from(Buffer.from('null', 'latin1'));

/**
 * Reads one line of NDJSON into `record` without making a single string, if it is plain: an object with the
 * known members, each once, with texts in printable ASCII without escapes. False for all else, right or wrong.
 */
export function scanJson(source: Uint8Array, from: number, to: number, record: ScannedRecord): boolean {
  record.begin(source);
  let at = skipSpaces(source, from);
  if (source[at] !== OPEN) return false;
  at = skipSpaces(source, at + 1);
  for (;;) {
    if (source[at] !== QUOTE) return false;
    const nameEnd = endOfText(source, at + 1, to);
    const member = memberNamed(source, at + 1, nameEnd);
    if (member < 0 || !record.see(member)) return false;
    at = skipSpaces(source, nameEnd + 1);
    if (source[at] !== COLON) return false;
    at = skipSpaces(source, at + 1);
    at =
      source[at] === QUOTE
        ? quoted(source, at + 1, to, member, record)
        : bare(source, at, to, member, record);
    if (at < 0) return false;
    at = skipSpaces(source, at);
    if (source[at] === CLOSE) return skipSpaces(source, at + 1) >= to && record.isComplete();
    if (source[at] !== COMMA) return false;
    at = skipSpaces(source, at + 1);
  }
}

/** Reads a text; where to go on after it, or -1. */
function quoted(source: Uint8Array, from: number, to: number, member: number, record: ScannedRecord): number {
  if (member === MEMBER.revision || member === MEMBER.void) return -1;
  const end = endOfText(source, from, to);
  return end >= 0 && record.set(member, from, end) ? end + 1 : -1;
}

/** Reads a number, `null` or a truth value; where to go on after it, or -1. */
function bare(source: Uint8Array, from: number, to: number, member: number, record: ScannedRecord): number {
  let end = from;
  while (end < to && source[end] !== COMMA && source[end] !== CLOSE && source[end] !== SPACE) end += 1;
  if (member >= MEMBER.bytes) return record.set(member, from, end) ? end : -1;
  const isOptional = member >= MEMBER.sourceRegion && member <= MEMBER.chargedUnitPrice;
  return isOptional && isText(source, from, end, NULL) ? end : -1;
}

/** Where the quote is that ends a text of printable ASCII without escapes; -1 for any other text. */
function endOfText(source: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at += 1) {
    const byte = source[at]!;
    if (byte === QUOTE) return at;
    if (byte < SPACE || byte > LAST_PRINTABLE || byte === BACKSLASH) return -1;
  }
  return -1;
}

function memberNamed(source: Uint8Array, from: number, to: number): number {
  const candidates = to < from ? undefined : NAMES_BY_LENGTH[to - from];
  if (candidates === undefined) return -1;
  for (const { name, member } of candidates) if (isText(source, from, to, name)) return member;
  return -1;
}

function skipSpaces(source: Uint8Array, from: number): number {
  let at = from;
  while (source[at] === SPACE) at += 1;
  return at;
}
