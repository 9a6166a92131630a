/**
 * The charges of section 6 and 7 and the shares of section 8 a second time, as naively as the contract reads:
 * exact fractions in lowest terms, one pass per sentence. Shares no code with src.
 */
type Fraction = readonly [top: bigint, bottom: bigint];
type Direction = 'aToB' | 'bToA';
type Side = 'A' | 'B';

const UNITS: Record<string, bigint> = {
  GB: 1_000_000_000n,
  TB: 1_000_000_000_000n,
  GiB: 1_073_741_824n,
  TiB: 1_099_511_627_776n,
};
const DECIMALS: Record<string, number> = { JPY: 0, USD: 2, BHD: 3, CLF: 4 };

function fraction(top: bigint, bottom = 1n): Fraction {
  let [a, b] = [top < 0n ? -top : top, bottom];
  while (b > 0n) [a, b] = [b, a % b];
  return a === 0n ? [0n, 1n] : [top / a, bottom / a];
}
export function decimal(text: string): Fraction {
  const [integer = '', decimals = ''] = text.split('.');
  return fraction(BigInt(integer + decimals), 10n ** BigInt(decimals.length));
}
const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => fraction(a * c, b * d);
const minus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => fraction(a * d - c * b, b * d);
const isAbove = (a: Fraction, b: Fraction): boolean => minus(a, b)[0] > 0n;
const inUnits = (bytes: Fraction, unit: string): Fraction => times(bytes, [1n, UNITS[unit]!]);

/** floor(x + 1/2), which for what is not negative is half away from zero. */
function rounded(amount: Fraction, currency: string): bigint {
  const [top, bottom] = times(amount, [10n ** BigInt(DECIMALS[currency]!), 1n]);
  return (2n * top + bottom) / (2n * bottom);
}

/** A charge: kind, direction, tier, payer, amount. */
export type Charge = [string, Direction | null, number | null, Side, bigint];

export function naiveCharges(terms: any, usage: any, currency: string): Charge[] {
  const charges: Charge[] = [];
  for (const direction of ['aToB', 'bToA'] as const) {
    const { zeroRating, pricing } = terms.directions[direction];
    const free = naiveZeroRated(zeroRating, usage.zeroRatableBytes[direction]);
    charges.push(...priced(pricing, direction, usage.settledBytes[direction] - free, currency));
  }
  if (terms.ratioExcess) {
    const { ratio, unit, unitPrice } = terms.ratioExcess;
    const { aToB, bToA } = usage.settledBytes;
    const either: [Direction, Side, bigint, bigint][] = [
      ['aToB', 'A', aToB, bToA],
      ['bToA', 'B', bToA, aToB],
    ];
    for (const [direction, payer, heavy, light] of either) {
      const excess = minus([heavy, 1n], times(decimal(ratio), [light, 1n]));
      if (heavy <= light || excess[0] <= 0n) continue;
      const amount = rounded(times(inUnits(excess, unit), decimal(unitPrice)), currency);
      charges.push(['ratio_excess', direction, null, payer, amount]);
    }
  }
  if (terms.percentile) charges.push(...percentile(terms.percentile, usage.samples, currency));
  const trueUps = terms.commitments.flatMap(({ party, amount }: any): Charge[] => {
    let left = rounded(decimal(amount), currency);
    for (const [, , , payer, charged] of charges) if (payer === party) left -= charged;
    return left > 0n ? [['true_up', null, null, party, left]] : [];
  });
  return [...charges, ...trueUps];
}

export function naiveZeroRated(zeroRating: any, zeroRatable: bigint): bigint {
  if (zeroRating.kind === 'none') return 0n;
  if (zeroRating.kind === 'all') return zeroRatable;
  const [top, bottom] = times(decimal(zeroRating.quantity), [UNITS[zeroRating.unit]!, 1n]);
  const allowance = (top - (top % bottom)) / bottom;
  return zeroRatable > allowance ? allowance : zeroRatable;
}

function priced(pricing: any, direction: Direction, bytes: bigint, currency: string): Charge[] {
  if (pricing.model === 'none') return [];
  const payer = (direction === 'aToB') === (pricing.payer === 'sender') ? 'A' : 'B';
  const quantity = inUnits([bytes, 1n], pricing.unit);
  const charges: Charge[] = [];
  const charge = (tier: number | null, part: Fraction, price: string): void => {
    const amount = rounded(times(part, decimal(price)), currency);
    if (part[0] > 0n) charges.push(['usage', direction, tier, payer, amount]);
  };
  const fee = (tier: number, flatFee = '0'): void => {
    const amount = rounded(decimal(flatFee), currency);
    if (amount > 0n) charges.push(['flat_fee', direction, tier, payer, amount]);
  };
  if (pricing.model === 'linear') charge(null, quantity, pricing.unitPrice);
  else {
    const lowers: Fraction[] = [[0n, 1n]];
    for (const { upTo } of pricing.tiers) if (upTo !== null) lowers.push(decimal(upTo));
    if (pricing.model === 'volume') {
      let landing = 0;
      while (landing + 1 < lowers.length && isAbove(quantity, lowers[landing + 1]!)) landing += 1;
      charge(landing + 1, quantity, pricing.tiers[landing].unitPrice);
      fee(landing + 1, pricing.tiers[landing].flatFee);
    } else {
      lowers.forEach((lower, i) => {
        if (i > 0 && !isAbove(quantity, lower)) return;
        const upper = lowers[i + 1];
        const end = upper && isAbove(quantity, upper) ? upper : quantity;
        charge(i + 1, minus(end, lower), pricing.tiers[i].unitPrice);
        fee(i + 1, pricing.tiers[i].flatFee);
      });
    }
  }
  return charges;
}

function percentile(terms: any, samples: any, currency: string): Charge[] {
  const rates = (['aToB', 'bToA'] as const)
    .filter((direction) => terms.basis === 'max_of_directions' || terms.basis === direction)
    .map((direction) => ninetyFifth(samples[direction]));
  const billed = rates.reduce((a, b) => (isAbove(a, b) ? a : b));
  const direction = terms.basis === 'max_of_directions' ? null : terms.basis;
  const over = minus(billed, decimal(terms.commitMbps));
  const line = (kind: string, mbps: Fraction, price: string): Charge => [
    kind,
    direction,
    null,
    terms.payer,
    rounded(times(mbps, decimal(price)), currency),
  ];
  const charges = [line('percentile_commit', decimal(terms.commitMbps), terms.commitPrice)];
  return over[0] > 0n ? [...charges, line('percentile_overage', over, terms.overagePrice)] : charges;
}

/** Throws away the highest samples, one after the other, while they are at most 5 % of all. */
export function ninetyFifth(samples: readonly { bytes: bigint; duration_s: number }[]): Fraction {
  const left = samples.map(({ bytes, duration_s }) => fraction(bytes * 8n, BigInt(duration_s) * 1_000_000n));
  const highest = (): number => left.reduce((best, each, i) => (isAbove(each, left[best]!) ? i : best), 0);
  for (let dropped = 1; dropped * 100 <= samples.length * 5; dropped += 1) left.splice(highest(), 1);
  return left[highest()]!;
}

/** Section 8: `min(R, Z)` by largest remainder, one leftover byte after the other to the first of the largest. */
export function naiveShares(zeroRated: bigint, ordered: readonly bigint[]): bigint[] {
  const reported = ordered.reduce((sum, bytes) => sum + bytes, 0n);
  const total = reported < zeroRated ? reported : zeroRated;
  if (total === 0n) return ordered.map(() => 0n);
  const shares = ordered.map((bytes) => (total * bytes) / reported);
  const rests = ordered.map((bytes) => (total * bytes) % reported);
  for (let left = total - shares.reduce((sum, share) => sum + share, 0n); left > 0n; left -= 1n) {
    const first = rests.findIndex((rest) => rests.every((other) => other <= rest));
    shares[first] = shares[first]! + 1n;
    rests[first] = -1n;
  }
  return shares;
}
