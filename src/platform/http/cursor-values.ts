import { isId } from '../ids/index.js';

/*
 * What a value of a cursor has to be, for `readCursor`. Anybody can make a cursor up, so each check leaves
 * nothing through that PostgreSQL could not take for a value of its column.
 */

/** Far beyond what is numbered, and within PostgreSQL's `integer`. */
const ORDINALS_MAX = 1e9;
/** Milliseconds since 1970, of the years 1 to 9999. */
const INSTANT_MIN = -62_135_596_800_000;
const INSTANT_MAX = 253_402_300_799_999;

export function isIdValue(value: unknown): boolean {
  return typeof value === 'string' && isId(value);
}

/** A text of any length; PostgreSQL has no NUL in texts. */
export function isTextValue(value: unknown): boolean {
  return typeof value === 'string' && !value.includes('\0');
}

/** A number of things that are counted, such as versions. */
export function isOrdinalValue(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < ORDINALS_MAX;
}

/** An instant in milliseconds since 1970. */
export function isInstantValue(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= INSTANT_MIN && Number(value) <= INSTANT_MAX;
}
