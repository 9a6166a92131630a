import type { FlowDirection, Pricing } from '../../src/agreements/index.js';
import { completeTerms } from '../../src/agreements/rules/complete-terms.js';
import { isZeroRatable } from '../../src/agreements/rules/zero-rating-limits.js';
import {
  allocate,
  amountOf,
  formatAmount,
  formatDecimal,
  parseAmount,
  parseDecimal,
  quantityOf,
  rational,
  type Rational,
} from '../../src/money/index.js';
import {
  percentile95Mbps,
  percentileRank,
  rate,
  type RatedTerms,
  type RateSample,
} from '../../src/rating/index.js';
import { trueUpLines } from '../../src/rating/rules/commitment.js';
import { shown } from './shown.js';

const FREE = { zeroRating: { kind: 'none' }, pricing: { model: 'none' } } as const;
const ALL_SCOPES = ['sourceRegion', 'destinationRegion', 'service'] as const;

function oneFlow(direction: FlowDirection, terms: object): RatedTerms {
  return { directions: { aToB: FREE, bToA: FREE, [direction]: terms }, commitments: [] };
}

export function priced({ currency, direction, pricing, bytes }: any): unknown {
  const settledBytes = { aToB: 0n, bToA: 0n, [direction]: BigInt(bytes) };
  const terms = oneFlow(direction, { ...FREE, pricing: pricing as Pricing });
  const { lines } = rate(terms, { settledBytes, zeroRatableBytes: settledBytes }, currency);
  return { lines: shown(lines, currency) };
}

export function zeroRated({ currency, direction, zeroRating, pricing, settled }: any): unknown {
  const { directions } = completeTerms({ directions: { [direction]: { zeroRating, pricing } } }, currency);
  const sum = { settledBytes: { aToB: 0n, bToA: 0n }, zeroRatableBytes: { aToB: 0n, bToA: 0n } };
  for (const { bytes, ...scope } of settled) {
    const all = { ...Object.fromEntries(ALL_SCOPES.map((field) => [field, null])), ...scope };
    sum.settledBytes[direction as FlowDirection] += BigInt(bytes);
    if (isZeroRatable(all, { directions }, direction))
      sum.zeroRatableBytes[direction as FlowDirection] += BigInt(bytes);
  }
  const rating = rate({ directions, commitments: [] }, sum, currency);
  return {
    settledBytes: String(sum.settledBytes[direction as FlowDirection]),
    zeroRatedBytes: String(rating.zeroRatedBytes[direction as FlowDirection]),
    lines: shown(rating.lines, currency),
  };
}

export function ratioExcess({ currency, ratioExcess: terms, settledBytes }: any): unknown {
  const settled = { aToB: BigInt(settledBytes.aToB), bToA: BigInt(settledBytes.bToA) };
  const { lines } = rate(
    { directions: { aToB: FREE, bToA: FREE }, ratioExcess: terms, commitments: [] },
    { settledBytes: settled, zeroRatableBytes: { aToB: 0n, bToA: 0n } },
    currency,
  );
  return { lines: shown(lines, currency) };
}

export function percentile({ currency, percentile: terms, samples: runs }: any): unknown {
  const samplesOf = (direction: FlowDirection): RateSample[] =>
    runs[direction].flatMap(({ count, bytes, seconds }: any) =>
      Array.from({ length: count }, () => ({ bytes: BigInt(bytes), duration_s: seconds })),
    );
  const samples = { aToB: samplesOf('aToB'), bToA: samplesOf('bToA') };
  const none = { aToB: 0n, bToA: 0n };
  const { lines } = rate(
    { directions: { aToB: FREE, bToA: FREE }, percentile: terms, commitments: [] },
    { settledBytes: none, zeroRatableBytes: none, samples },
    currency,
  );
  const mbps = (direction: FlowDirection) => formatDecimal(percentile95Mbps(samples[direction]), 12);
  return {
    samples: samples.aToB.length,
    rank: percentileRank(samples.aToB.length),
    p95Mbps: { aToB: mbps('aToB'), bToA: mbps('bToA') },
    lines: shown(lines, currency),
  };
}

export function commitment({ currency, commitments, charges }: any): unknown {
  const charged = charges.map((charge: any) => ({ ...charge, amount: parseAmount(charge.amount, currency) }));
  return { lines: shown(trueUpLines(commitments, charged, currency), currency) };
}

export function rounding({ currency, lines }: any): unknown {
  const amounts: bigint[] = lines.map(({ quantity, bytes, unit, unitPrice }: any) => {
    const counted = bytes === undefined ? fraction(quantity) : quantityOf(BigInt(bytes), unit);
    return amountOf(counted, parseDecimal(unitPrice), currency);
  });
  const total = amounts.reduce((sum, amount) => sum + amount, 0n);
  return {
    amounts: amounts.map((amount) => formatAmount(amount, currency)),
    total: formatAmount(total, currency),
  };
}

/** A decimal, or a fraction such as "-2/3". */
function fraction(text: string): Rational {
  const [top = '', bottom] = text.split('/');
  return bottom === undefined ? parseDecimal(top) : rational(BigInt(top), BigInt(bottom));
}

export function allocation({ total, weights }: any): unknown {
  return { parts: allocate(BigInt(total), weights.map(BigInt)).map(String) };
}
