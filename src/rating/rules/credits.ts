import type { TrafficUnit } from '../../agreements/index.js';
import { allocate, amountOf, compare, parseDecimal, quantityOf } from '../../money/index.js';
import type { Instant } from '../../period/index.js';

/** What a provider reported for one customer and price, inside the zero-rating's limits (section 8). */
export interface CreditClaim {
  /** The provider's own reference; null: traffic that no customer was charged for. */
  customer: string | null;
  /** When the list price took effect; null where none was in force. */
  priceFrom: Instant | null;
  region: string | null;
  /** What a unit was charged, in the provider's billing currency; null: not priced yet. */
  unitPrice: string | null;
  unit: TrafficUnit;
  bytes: bigint;
}

/** A claim's share of the credited bytes. */
export interface CreditShare {
  claim: CreditClaim;
  bytes: bigint;
  /** Only 'credit' shares become credits; 'unpriced' ones wait for a price, 'no_customer' ones yield none. */
  outcome: 'credit' | 'unpriced' | 'no_customer';
}

/**
 * Shares T = min(sum of the claims' bytes, Z) pro rata to the claims by largest remainder (section 8), ties by
 * customer (none first, then by UTF-8 bytes), price start and region, in which order the shares are returned,
 * whatever the order of the claims. The shares add up to T, those that yield no credit included. For later
 * data, pass what is left of Z and of each claim after what stays credited. Throws RangeError on negatives.
 */
export function shareCredits(zeroRatedBytes: bigint, claims: readonly CreditClaim[]): CreditShare[] {
  if (zeroRatedBytes < 0n) throw new RangeError('Zero-rated bytes cannot be negative');
  const ordered = [...claims].sort(compareClaims);
  const weights = ordered.map(({ bytes }) => bytes);
  const reported = weights.reduce((sum, bytes) => sum + bytes, 0n);
  const parts = allocate(reported < zeroRatedBytes ? reported : zeroRatedBytes, weights);
  return ordered.map((claim, i) => ({ claim, bytes: parts[i]!, outcome: outcomeOf(claim) }));
}

/** bytes / unit * price in minor units of the provider's billing currency, rounded once (section 8). */
export function creditAmount(bytes: bigint, unit: TrafficUnit, unitPrice: string, currency: string): bigint {
  return amountOf(quantityOf(bytes, unit), parseDecimal(unitPrice), currency);
}

function outcomeOf({ customer, unitPrice }: CreditClaim): CreditShare['outcome'] {
  if (customer === null) return 'no_customer';
  return unitPrice === null ? 'unpriced' : 'credit';
}

/** The stated order; price and unit come last so that equal keys cannot depend on the order of arrival. */
function compareClaims(a: CreditClaim, b: CreditClaim): number {
  return (
    nullsFirst(a.customer, b.customer, compareUtf8) ||
    nullsFirst(a.priceFrom, b.priceFrom, (x, y) => x - y) ||
    nullsFirst(a.region, b.region, compareUtf8) ||
    nullsFirst(a.unitPrice, b.unitPrice, compareDecimals) ||
    compareUtf8(a.unit, b.unit)
  );
}

function nullsFirst<T>(a: T | null, b: T | null, compareValues: (a: T, b: T) => number): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return compareValues(a, b);
}

/** The order of the texts' UTF-8 bytes, which is that of code points and not of UTF-16 code units. */
function compareUtf8(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return rankOfCodeUnit(left) - rankOfCodeUnit(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above U+FFFF, so they sort after the units U+E000 to U+FFFF. */
function rankOfCodeUnit(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function compareDecimals(a: string, b: string): number {
  return compare(parseDecimal(a), parseDecimal(b)) || compareUtf8(a, b);
}
