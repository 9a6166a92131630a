import { isInside } from './charge.js';
import { cents, compareFractions, decimal, fraction, times } from './fraction.js';
import { bytesBetween, type Report } from './reports.js';
import { BYTES_IN, type Flow, type Terms } from './terms.js';

/** A list price of a provider; from an instant in milliseconds. */
export interface ListPrice {
  side: 'egress' | 'ingress';
  unit: string;
  unitPrice: string;
  from: number;
}

/**
 * What a customer was charged a unit, and from when the list says so; '' is traffic of no customer. Without a price
 * in force there is none, as if from the beginning of time.
 */
export interface Claim {
  customer: string;
  from: number;
  unit: string | null;
  unitPrice: string | null;
  bytes: bigint;
}

/** What was credited of a claim in all, in bytes and cents. */
export type Credited = ReadonlyMap<string, { claim: Claim; bytes: bigint; amount: bigint }>;

export function claimKey({ customer, from, unitPrice }: Omit<Claim, 'bytes'>): string {
  return JSON.stringify([customer, from, unitPrice]);
}

/** What a party charged its customers for bytes of a flow inside the limits of its zero-rating (section 8). */
export function claimsOf(
  reports: readonly Report[],
  prices: readonly ListPrice[],
  flow: Flow,
  terms: Terms,
  month: { start: number; end: number },
): Claim[] {
  const claims = new Map<string, Claim>();
  for (const report of reports) {
    if (!isInside(terms.reconciliation.scope.length > 0 ? report.sourceRegion! : '', flow, terms)) continue;
    const listed = prices.filter(({ side }) => side === report.direction).sort((a, b) => a.from - b.from);
    const steps = [{ from: -Infinity, unit: null, unitPrice: null }, ...listed];
    for (const [at, price] of steps.entries()) {
      const from = Math.max(report.start, month.start, price.from);
      const to = Math.min(report.end, month.end, steps[at + 1]?.from ?? Infinity);
      if (from >= to) continue;
      const charged = report.chargedUnitPrice;
      const isLower =
        charged !== undefined &&
        price.unitPrice !== null &&
        compareFractions(decimal(charged), decimal(price.unitPrice)) < 0;
      const unitPrice = isLower ? charged : price.unitPrice;
      const of = { customer: report.customer ?? '', from: price.from, unit: price.unit, unitPrice };
      const known = claims.get(claimKey(of)) ?? { ...of, bytes: 0n };
      known.bytes += bytesBetween(report, from, to);
      claims.set(claimKey(of), known);
    }
  }
  return [...claims.values()].sort(compareClaims);
}

/**
 * What is credited of claims in all once `free` bytes are free of charge: first what was credited before, as
 * far as each customer still reports so much, then the rest pro rata to what is not credited.
 */
export function credit(claims: readonly Claim[], free: bigint, before: Credited): Credited {
  const all = new Map(claims.map((claim) => [claimKey(claim), claim]));
  for (const [key, { claim }] of before) if (!all.has(key)) all.set(key, { ...claim, bytes: 0n });
  const ordered = [...all.values()].sort(compareClaims);
  const taken = ordered.map((claim) => {
    const was = before.get(claimKey(claim))?.bytes ?? 0n;
    return was < claim.bytes ? was : claim.bytes;
  });
  for (const customer of new Set(ordered.map((claim) => claim.customer))) {
    const own = ordered.flatMap((claim, at) => (claim.customer === customer ? [at] : []));
    const was = own.reduce((sum, at) => sum + (before.get(claimKey(ordered[at]!))?.bytes ?? 0n), 0n);
    const reported = own.reduce((sum, at) => sum + ordered[at]!.bytes, 0n);
    const kept = own.reduce((sum, at) => sum + taken[at]!, 0n);
    give((was < reported ? was : reported) - kept, own, ordered, taken);
  }
  const reported = ordered.reduce((sum, { bytes }) => sum + bytes, 0n);
  const kept = taken.reduce((sum, bytes) => sum + bytes, 0n);
  give((free < reported ? free : reported) - kept, [...ordered.keys()], ordered, taken);
  return new Map(
    ordered.map((claim, at) => {
      const { unit, unitPrice, customer } = claim;
      // Without a price the share waits for one.
      if (unit === null || unitPrice === null) {
        return [claimKey(claim), { claim, bytes: taken[at]!, amount: 0n }];
      }
      const quantity = fraction(taken[at]!, BYTES_IN[unit]);
      const amount = customer === '' ? 0n : cents(times(quantity, decimal(unitPrice)));
      return [claimKey(claim), { claim, bytes: taken[at]!, amount }];
    }),
  );
}

/** Gives bytes out pro rata to what claims have left: whole shares, then one each to the largest remainders. */
function give(bytes: bigint, places: readonly number[], claims: readonly Claim[], taken: bigint[]): void {
  const left = places.map((at) => claims[at]!.bytes - taken[at]!);
  const room = left.reduce((sum, each) => sum + each, 0n);
  if (bytes <= 0n || room === 0n) return;
  const shares = left.map((each, at) => ({
    place: places[at]!,
    whole: (each * bytes) / room,
    rest: (each * bytes) % room,
    order: at,
  }));
  let missing = bytes - shares.reduce((sum, { whole }) => sum + whole, 0n);
  for (const { place, whole } of shares) taken[place] = taken[place]! + whole;
  shares.sort((a, b) => (a.rest === b.rest ? a.order - b.order : a.rest > b.rest ? -1 : 1));
  for (const { place } of shares) {
    if (missing === 0n) return;
    taken[place] = taken[place]! + 1n;
    missing -= 1n;
  }
}

/** By customer in byte order, then by the price's start; customers here are ASCII. */
function compareClaims(a: Claim, b: Claim): number {
  if (a.customer !== b.customer) return a.customer < b.customer ? -1 : 1;
  if (a.from !== b.from) return a.from - b.from;
  return compareFractions(decimal(a.unitPrice ?? '0'), decimal(b.unitPrice ?? '0'));
}
