import type { FlowDirection, Side, Terms } from '../../agreements/index.js';
import { isZeroRatable } from '../../agreements/rules/zero-rating-limits.js';
import { rate, type RatedUsage, type Rating } from '../../rating/index.js';
import type { ComparedBucket } from '../../reconciliation/index.js';

/** A period as it is known now. */
export interface KnownPeriod {
  usage: RatedUsage;
  terms: Terms;
  currency: string;
}

/** A bucket with what is claimed to be right of it. */
export interface ClaimedBucket {
  bucket: Pick<ComparedBucket, 'direction' | 'index' | 'scope' | 'settledBytes'>;
  bytes: bigint;
}

/** A charge of the period's statement. */
export interface IssuedCharge {
  lineId: string;
  kind: string;
  direction: FlowDirection | null;
  tier: number | null;
  payer: Side;
  /** Minor units. */
  amount: bigint;
}

/** What a claim about a bucket comes to in money. */
export interface BucketStake {
  /** Whose charges it concerns. */
  payer: Side;
  /** How the claim would change what the payer owes on balance, in minor units. */
  change: bigint;
  /** The charged parts that the claim contests, above 0. */
  contested: { lineId: string; payer: Side; charged: bigint; amount: bigint }[];
}

/**
 * Rates the period with the claimed bytes in place of the settled ones, whole and not piecewise, so that
 * tiers, allowances and commitments have their say. What the claim contests is what the statement charged
 * beyond that, at most as much as its payer would owe less; a period without statement charged nothing.
 */
export function bucketStake(
  period: KnownPeriod,
  claim: ClaimedBucket,
  issued: readonly IssuedCharge[],
): BucketStake {
  const { terms, usage, currency } = period;
  const now = rate(terms, usage, currency);
  const claimed = rate(terms, claimedUsage(usage, claim, terms), currency);
  const changeOfA = claimed.payableByA - now.payableByA;
  const changeOfB = claimed.payableByB - now.payableByB;
  const netOfA = changeOfA - changeOfB;
  const relieved: Side = netOfA < 0n || (netOfA === 0n && claim.bucket.direction === 'aToB') ? 'A' : 'B';
  const heavier = size(changeOfA) - size(changeOfB);
  const payer = heavier === 0n ? relieved : heavier > 0n ? 'A' : 'B';
  const charges = issued.filter((charge) => charge.payer === relieved);
  return {
    payer,
    change: payer === 'A' ? netOfA : -netOfA,
    contested: contestedParts(charges, amountsByLine(now), amountsByLine(claimed), size(netOfA)),
  };
}

/** What was charged beyond the claim and is still known as a charge, line by line, up to a limit in all. */
function contestedParts(
  charges: readonly IssuedCharge[],
  now: ReadonlyMap<string, bigint>,
  claimed: ReadonlyMap<string, bigint>,
  limit: bigint,
): BucketStake['contested'] {
  let left = limit;
  return charges.flatMap((charge) => {
    const { lineId, payer, amount: charged } = charge;
    const rest = claimed.get(lineKey(charge)) ?? 0n;
    const amount = least((now.get(lineKey(charge)) ?? 0n) - rest, charged - rest, left);
    if (amount <= 0n) return [];
    left -= amount;
    return [{ lineId, payer, charged, amount }];
  });
}

/** What was settled, with the claimed bytes in place of the bucket's. */
function claimedUsage(usage: RatedUsage, { bucket, bytes }: ClaimedBucket, terms: Terms): RatedUsage {
  const { direction, index, scope } = bucket;
  const change = bytes - bucket.settledBytes;
  const changed = (of: Record<FlowDirection, bigint>): Record<FlowDirection, bigint> => ({
    ...of,
    [direction]: of[direction] + change,
  });
  const { settledBytes, zeroRatableBytes, samples } = usage;
  return {
    settledBytes: changed(settledBytes),
    zeroRatableBytes: isZeroRatable(scope, terms, direction) ? changed(zeroRatableBytes) : zeroRatableBytes,
    ...(samples && {
      samples: {
        ...samples,
        [direction]: samples[direction].map((sample, at) =>
          at === index ? { ...sample, bytes: sample.bytes + change } : sample,
        ),
      },
    }),
  };
}

function amountsByLine({ lines }: Rating): Map<string, bigint> {
  const amounts = new Map<string, bigint>();
  for (const line of lines) amounts.set(lineKey(line), (amounts.get(lineKey(line)) ?? 0n) + line.amount);
  return amounts;
}

function lineKey({ kind, direction, tier, payer }: Omit<IssuedCharge, 'lineId' | 'amount'>): string {
  return JSON.stringify([kind, direction, tier, payer]);
}

function size(change: bigint): bigint {
  return change < 0n ? -change : change;
}

function least(...amounts: bigint[]): bigint {
  return amounts.reduce((least, amount) => (amount < least ? amount : least));
}
