import type { FlowDirection, Side, Terms } from '../../agreements/index.js';
import type { BucketGrid } from '../../period/index.js';
import { rate, type Rating } from '../../rating/index.js';
import type { AgreedBytes, ComparedBucket } from '../../reconciliation/index.js';
import { bucketName } from '../../reconciliation/rules/agreed-bytes.js';
import { ratedUsage } from '../../settlement/rules/rated-usage.js';

/** A period as it is known now. */
export interface KnownPeriod {
  buckets: readonly ComparedBucket[];
  terms: Terms;
  grid: BucketGrid;
  currency: string;
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
  claim: AgreedBytes,
  issued: readonly IssuedCharge[],
): BucketStake {
  const name = bucketName(claim);
  const now = ratingOf(period, period.buckets);
  const claimed = ratingOf(
    period,
    period.buckets.map((bucket) =>
      bucketName(bucket) === name ? { ...bucket, settledBytes: claim.bytes } : bucket,
    ),
  );
  const changeOfA = claimed.payableByA - now.payableByA;
  const changeOfB = claimed.payableByB - now.payableByB;
  const netOfA = changeOfA - changeOfB;
  const relieved: Side = netOfA < 0n || (netOfA === 0n && claim.direction === 'aToB') ? 'A' : 'B';
  const heavier = size(changeOfA) - size(changeOfB);
  const payer = heavier === 0n ? relieved : heavier > 0n ? 'A' : 'B';
  const charges = issued.filter(({ kind, payer: by }) => kind !== 'adjustment' && by === relieved);
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

function ratingOf({ terms, grid, currency }: KnownPeriod, buckets: readonly ComparedBucket[]): Rating {
  return rate(terms, ratedUsage(buckets, terms, grid), currency);
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
