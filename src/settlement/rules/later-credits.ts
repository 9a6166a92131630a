import type { FlowDirection, Side } from '../../agreements/index.js';
import { FLOW_DIRECTIONS } from '../../agreements/rules/terms.js';
import { creditAmount, shareCredits, type CreditClaim } from '../../rating/index.js';
import { creditSideOf, type Credit, type CustomerUsage } from './credits-of-party.js';

/** What was credited of a claim so far, by one or more lines; a claim without a customer took its share only. */
export interface CreditedClaim extends Omit<CustomerUsage, 'bytes'> {
  bytes: bigint;
  /** Minor units; null where no price was in force. */
  amount: bigint | null;
  /** The first line; null of a share that yielded no credit. */
  firstId: string | null;
}

/** What later data changes of an issued period's credits. */
export interface LaterCredits {
  /** Differences, signed, each with the line that it refers to. */
  credits: (Credit & { refersTo: string | null })[];
  /** Differences of the shares that yield no credit. */
  withoutCustomer: CustomerUsage[];
}

/**
 * Later data of an issued period (domain contract, section 8): each customer's credited bytes first become
 * min(credited, reported now), and stay with their prices as far as these still have them; what then remains of
 * the new T = min(R, Z) is shared pro rata to the bytes not yet credited. So a customer's credit falls only when
 * its own bytes were lowered, and what was unpriced is credited once it has a price. Each claim's amount is
 * computed whole; the lines are the differences to what was credited.
 */
export function laterCredits(
  party: Side,
  zeroRatedBytes: Record<FlowDirection, bigint>,
  usage: readonly CustomerUsage[],
  credited: readonly CreditedClaim[],
  billingCurrency: string,
): LaterCredits {
  const later: LaterCredits = { credits: [], withoutCustomer: [] };
  for (const direction of FLOW_DIRECTIONS) {
    const isOfDirection = (claim: { direction: FlowDirection }): boolean => claim.direction === direction;
    const claims = claimsOf(usage.filter(isOfDirection), credited.filter(isOfDirection));
    keepCredited(claims);
    const shared = shareRest(zeroRatedBytes[direction], claims);
    const firsts = firstLines(claims);
    for (const claim of shared) addDifference(later, claim, party, firsts, billingCurrency);
  }
  return later;
}

interface Claim {
  of: Omit<CustomerUsage, 'bytes'>;
  reported: bigint;
  before: { bytes: bigint; amount: bigint | null; firstId: string | null } | null;
  /** Credited from now on. */
  bytes: bigint;
}

function claimsOf(usage: readonly CustomerUsage[], credited: readonly CreditedClaim[]): Claim[] {
  const claims = new Map<string, Claim>();
  for (const { bytes, ...of } of usage) {
    const claim = claims.get(keyOf(of));
    if (claim) claim.reported += bytes;
    else claims.set(keyOf(of), { of, reported: bytes, before: null, bytes: 0n });
  }
  for (const { bytes, amount, firstId, ...of } of credited) {
    const claim = claims.get(keyOf(of)) ?? { of, reported: 0n, before: null, bytes: 0n };
    claim.before = { bytes, amount, firstId };
    claims.set(keyOf(of), claim);
  }
  return [...claims.values()];
}

/** Each customer keeps min(credited, reported now): at each price what is left there, the rest at its others. */
function keepCredited(claims: readonly Claim[]): void {
  const customers = new Map<string | null, Claim[]>();
  for (const claim of claims) {
    const ofCustomer = customers.get(claim.of.customer);
    if (ofCustomer) ofCustomer.push(claim);
    else customers.set(claim.of.customer, [claim]);
  }
  for (const ofCustomer of customers.values()) {
    const kept = smaller(
      sum(ofCustomer, ({ before }) => before?.bytes ?? 0n),
      sum(ofCustomer, ({ reported }) => reported),
    );
    for (const claim of ofCustomer) claim.bytes = smaller(claim.before?.bytes ?? 0n, claim.reported);
    share(kept - sum(ofCustomer, ({ bytes }) => bytes), ofCustomer);
  }
}

/** Shares what remains of T. */
function shareRest(zeroRatedBytes: bigint, claims: readonly Claim[]): Claim[] {
  const reported = sum(claims, (claim) => claim.reported);
  return share(smaller(zeroRatedBytes, reported) - sum(claims, ({ bytes }) => bytes), claims);
}

/** Shares bytes pro rata to those not yet credited, ties as among first credits; gives all claims in that order. */
function share(bytes: bigint, claims: readonly Claim[]): Claim[] {
  const byRoom = new Map<CreditClaim, Claim>(
    claims.map((claim) => [{ ...claim.of, bytes: claim.reported - claim.bytes }, claim]),
  );
  return shareCredits(bytes < 0n ? 0n : bytes, [...byRoom.keys()]).map((part) => {
    const claim = byRoom.get(part.claim)!;
    claim.bytes += part.bytes;
    return claim;
  });
}

function addDifference(
  later: LaterCredits,
  { of, before, bytes }: Claim,
  party: Side,
  firsts: ReadonlyMap<string | null, string>,
  currency: string,
): void {
  const difference = bytes - (before?.bytes ?? 0n);
  const { customer, unit, unitPrice, priceFrom, region, direction } = of;
  if (customer === null) {
    if (difference !== 0n) later.withoutCustomer.push({ ...of, bytes: difference });
    return;
  }
  const amount =
    unitPrice === null ? null : creditAmount(bytes, unit, unitPrice, currency) - (before?.amount ?? 0n);
  if (difference === 0n && (amount ?? 0n) === 0n) return;
  const side = creditSideOf(party, direction);
  const refersTo = before?.firstId ?? firsts.get(customer) ?? null;
  later.credits.push({
    customer,
    direction,
    side,
    bytes: difference,
    unit,
    unitPrice,
    priceFrom,
    region,
    amount,
    refersTo,
  });
}

/** Each customer's first line, for credits at a price that it had not been credited at. */
function firstLines(claims: readonly Claim[]): Map<string | null, string> {
  const firsts = new Map<string | null, string>();
  for (const { of, before } of claims) {
    const known = firsts.get(of.customer);
    if (before?.firstId && (known === undefined || before.firstId < known)) {
      firsts.set(of.customer, before.firstId);
    }
  }
  return firsts;
}

function keyOf({ customer, priceFrom, region, unit, unitPrice }: Claim['of']): string {
  return JSON.stringify([customer, priceFrom, region, unit, unitPrice]);
}

function sum(claims: readonly Claim[], of: (claim: Claim) => bigint): bigint {
  return claims.reduce((total, claim) => total + of(claim), 0n);
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
