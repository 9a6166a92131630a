import {
  cents,
  centsOf,
  compareFractions,
  decimal,
  floored,
  fraction,
  minus,
  times,
  type Fraction,
} from './fraction.js';
import type { Bucket } from './settle.js';
import { BYTES_IN, FLOWS, other, senderOf, type Flow, type Party, type Terms, type Tier } from './terms.js';

/** A charge of a period, in minor units. */
export interface Charge {
  kind: string;
  direction: Flow | null;
  tier: number | null;
  payer: Party;
  amount: bigint;
}

/** What a period comes to: its charges that are not 0, and the bytes settled and free of charge. */
export interface Charged {
  charges: Charge[];
  settled: Record<Flow, bigint>;
  zeroRated: Record<Flow, bigint>;
}

/**
 * Prices a settled period whole (sections 6 and 7). `samples` is the number of buckets of the month, `decimals`
 * those of the agreement's currency.
 */
export function charge(buckets: readonly Bucket[], terms: Terms, samples: number, decimals: number): Charged {
  const settled = sumBy(buckets, () => true);
  const zeroRated = Object.fromEntries(
    FLOWS.map((flow) => [flow, freeBytes(buckets, flow, terms)]),
  ) as Record<Flow, bigint>;
  const charges: Charge[] = [];
  for (const flow of FLOWS) charges.push(...priced(flow, settled[flow] - zeroRated[flow], terms, decimals));
  charges.push(...ratioExcess(settled, terms, decimals), ...percentile(buckets, terms, samples, decimals));
  for (const { party, amount } of terms.commitments ?? []) {
    const paid = charges.reduce((sum, each) => (each.payer === party ? sum + each.amount : sum), 0n);
    const short = centsOf(amount, decimals) - paid;
    if (short > 0n)
      charges.push({ kind: 'true_up', direction: null, tier: null, payer: party, amount: short });
  }
  return { charges: charges.filter(({ amount }) => amount !== 0n), settled, zeroRated };
}

function sumBy(buckets: readonly Bucket[], wanted: (bucket: Bucket) => boolean): Record<Flow, bigint> {
  const sums = { aToB: 0n, bToA: 0n };
  for (const bucket of buckets) if (wanted(bucket)) sums[bucket.flow] += bucket.settled;
  return sums;
}

function freeBytes(buckets: readonly Bucket[], flow: Flow, terms: Terms): bigint {
  const { zeroRating } = terms.directions[flow];
  if (zeroRating.kind === 'none') return 0n;
  const inside = sumBy(buckets, (bucket) => isInside(bucket.region, flow, terms))[flow];
  if (zeroRating.kind === 'all') return inside;
  const allowance = floored(times(decimal(zeroRating.quantity!), fraction(BYTES_IN[zeroRating.unit!]!)));
  return inside < allowance ? inside : allowance;
}

/** Whether a region is inside the limits of a flow's zero-rating. */
export function isInside(region: string, flow: Flow, terms: Terms): boolean {
  const limit = terms.directions[flow].zeroRating.sourceRegions ?? [];
  return limit.length === 0 || limit.includes(region);
}

function priced(flow: Flow, bytes: bigint, terms: Terms, decimals: number): Charge[] {
  const { pricing } = terms.directions[flow];
  if (pricing.model === 'none') return [];
  const payer = pricing.payer === 'receiver' ? other(senderOf(flow)) : senderOf(flow);
  const quantity = fraction(bytes, BYTES_IN[pricing.unit!]);
  const usage = (tier: number | null, part: Fraction, price: string): Charge => {
    return {
      kind: 'usage',
      direction: flow,
      tier,
      payer,
      amount: cents(times(part, decimal(price)), decimals),
    };
  };
  if (pricing.model === 'linear') return [usage(null, quantity, pricing.unitPrice!)];
  const fee = (tier: number, { flatFee }: Tier): Charge[] =>
    flatFee ? [{ kind: 'flat_fee', direction: flow, tier, payer, amount: centsOf(flatFee, decimals) }] : [];
  const charges: Charge[] = [];
  let lower = fraction(0n);
  for (const [at, tier] of pricing.tiers!.entries()) {
    const upper = tier.upTo === null ? null : decimal(tier.upTo);
    const isLanding =
      (at === 0 || compareFractions(quantity, lower) > 0) &&
      (upper === null || compareFractions(quantity, upper) <= 0);
    const isReached = at === 0 || compareFractions(quantity, lower) > 0;
    if (pricing.model === 'volume') {
      if (isLanding) charges.push(usage(at + 1, quantity, tier.unitPrice), ...fee(at + 1, tier));
    } else if (isReached) {
      const top = upper !== null && compareFractions(quantity, upper) > 0 ? upper : quantity;
      charges.push(usage(at + 1, minus(top, lower), tier.unitPrice), ...fee(at + 1, tier));
    }
    if (upper !== null) lower = upper;
  }
  return charges;
}

function ratioExcess(
  settled: Record<Flow, bigint>,
  { ratioExcess: terms }: Terms,
  decimals: number,
): Charge[] {
  if (!terms || settled.aToB === settled.bToA) return [];
  const heavy: Flow = settled.aToB > settled.bToA ? 'aToB' : 'bToA';
  const light: Flow = heavy === 'aToB' ? 'bToA' : 'aToB';
  const excess = minus(fraction(settled[heavy]), times(decimal(terms.ratio), fraction(settled[light])));
  if (excess.over <= 0n) return [];
  const quantity = times(excess, fraction(1n, BYTES_IN[terms.unit]));
  const amount = cents(times(quantity, decimal(terms.unitPrice)), decimals);
  return [{ kind: 'ratio_excess', direction: heavy, tier: null, payer: senderOf(heavy), amount }];
}

function percentile(
  buckets: readonly Bucket[],
  { percentile: terms }: Terms,
  samples: number,
  decimals: number,
): Charge[] {
  if (!terms) return [];
  const rates = FLOWS.filter((flow) => terms.basis === 'max_of_directions' || terms.basis === flow).map(
    (flow) => percentileOf(buckets, flow, samples),
  );
  const rate = rates.reduce((a, b) => (compareFractions(a, b) >= 0 ? a : b));
  const commit = decimal(terms.commitMbps);
  const over = compareFractions(rate, commit) > 0 ? minus(rate, commit) : fraction(0n);
  const direction = terms.basis === 'max_of_directions' ? null : (terms.basis as Flow);
  const line = { direction, tier: null, payer: terms.payer };
  return [
    {
      kind: 'percentile_commit',
      ...line,
      amount: cents(times(commit, decimal(terms.commitPrice)), decimals),
    },
    {
      kind: 'percentile_overage',
      ...line,
      amount: cents(times(over, decimal(terms.overagePrice)), decimals),
    },
  ];
}

/** The rate in Mbps under which 95 % of a month's samples are; a bucket that nobody reported is 0. */
function percentileOf(buckets: readonly Bucket[], flow: Flow, samples: number): Fraction {
  const bytes = new Map<number, { sum: bigint; seconds: number }>();
  for (const { flow: of, start, seconds, settled } of buckets) {
    if (of === flow) bytes.set(start, { sum: (bytes.get(start)?.sum ?? 0n) + settled, seconds });
  }
  const rates = Array.from(bytes.values(), ({ sum, seconds }) =>
    fraction(sum * 8n, BigInt(seconds) * 1_000_000n),
  ).sort(compareFractions);
  const rank = Math.ceil((95 * samples) / 100);
  const missing = samples - rates.length;
  return rank <= missing ? fraction(0n) : rates[rank - missing - 1]!;
}
