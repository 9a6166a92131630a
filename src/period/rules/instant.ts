import { Temporal } from 'temporal-polyfill';
import type { Instant } from './period.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const FIRST_YEAR = 1970;
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const T = 0x54;
const Z = 0x5a;
const LOWER_CASE = 0x20;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const COLON = 0x3a;
const NINE = 9;

/**
 * The instant of an RFC 3339 text with seconds and offset (section 3), or null when it is malformed, names a
 * date or time that does not exist (a leap second included), is finer than a millisecond, or lies outside the
 * years 1970 to 9999, as written or in UTC. Written by hand because every traffic record passes through twice.
 */
export function parseInstant(text: string): Instant | null {
  const length = text.length;
  if (length < 20 || length > 64) return null;
  if (
    text.charCodeAt(4) !== MINUS ||
    text.charCodeAt(7) !== MINUS ||
    (text.charCodeAt(10) | LOWER_CASE) !== (T | LOWER_CASE) ||
    text.charCodeAt(13) !== COLON ||
    text.charCodeAt(16) !== COLON
  ) {
    return null;
  }
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  // Comparisons are false for NaN, which stands for "not two digits", so they are written to hold.
  if (!(year >= FIRST_YEAR && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)))
    return null;
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return null;

  const fractionEnd = text.charCodeAt(19) === POINT ? endOfDigits(text, 20) : 19;
  if (fractionEnd === 20) return null;
  const fraction_ms = fractionEnd === 19 ? 0 : millisecondsOf(text, 20, fractionEnd);
  const offset_ms = offsetOf(text, fractionEnd);
  const instant = Date.UTC(year, month - 1, day, hour, minute, second) + fraction_ms - offset_ms;
  return instant >= 0 && instant <= LAST_INSTANT ? instant : null;
}

/** Whether a text is one that `parseInstant` takes. */
export function isInstant(text: string): boolean {
  return parseInstant(text) !== null;
}

/** Whether the instant has no part of a second; traffic intervals must not (section 4). */
export function isWholeSecond(instant: Instant): boolean {
  return instant % SECOND_MS === 0;
}

/** RFC 3339 in UTC: '2026-10-01T00:00:00Z', with three decimals only where the second is not whole. */
export function formatInstant(instant: Instant): string {
  const text = new Date(instant).toISOString();
  return isWholeSecond(instant) ? `${text.slice(0, -5)}Z` : text;
}

/** RFC 3339 with the zone's offset at that instant: '2026-10-01T00:00:00+02:00'. */
export function formatLocal(instant: Instant, timezone: string): string {
  const zoned = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timezone);
  // RFC 3339 has no seconds in an offset (Monrovia had some until 1972): with the offset rounded, the local
  // time follows it, so that the text still names the same instant.
  const offset_min = Math.round(zoned.offsetNanoseconds / 60e9);
  const local = formatInstant(instant + offset_min * MINUTE_MS).slice(0, -1);
  const distance = Math.abs(offset_min);
  const hours = String(Math.floor(distance / 60)).padStart(2, '0');
  return `${local}${offset_min < 0 ? '-' : '+'}${hours}:${String(distance % 60).padStart(2, '0')}`;
}

/** The value of two decimal digits, or NaN. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= NINE && ones >= 0 && ones <= NINE ? tens * 10 + ones : NaN;
}

function daysOf(year: number, month: number): number {
  if (month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)) return 29;
  return DAYS_OF_MONTH[month - 1]!;
}

function endOfDigits(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) at += 1;
  return at;
}

/** Milliseconds of a fraction's digits; NaN when it is finer, since dropping that would make it look whole. */
function millisecondsOf(text: string, from: number, end: number): number {
  let milliseconds = 0;
  for (let at = from; at < from + 3; at += 1) {
    milliseconds = milliseconds * 10 + (at < end ? text.charCodeAt(at) - 48 : 0);
  }
  for (let at = from + 3; at < end; at += 1) if (text.charCodeAt(at) !== 48) return NaN;
  return milliseconds;
}

/** The offset that ends the text at this place, in milliseconds; NaN when there is none or more follows. */
function offsetOf(text: string, at: number): number {
  const sign = text.charCodeAt(at);
  if ((sign | LOWER_CASE) === (Z | LOWER_CASE)) return text.length === at + 1 ? 0 : NaN;
  if ((sign !== PLUS && sign !== MINUS) || text.length !== at + 6 || text.charCodeAt(at + 3) !== COLON)
    return NaN;
  const hours = twoDigits(text, at + 1);
  const minutes = twoDigits(text, at + 4);
  if (!(hours <= 23 && minutes <= 59)) return NaN;
  const offset_ms = (hours * 60 + minutes) * MINUTE_MS;
  return sign === MINUS ? -offset_ms : offset_ms;
}
