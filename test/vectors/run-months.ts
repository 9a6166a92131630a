import type { FlowDirection, ReconciliationTerms, Terms } from '../../src/agreements/index.js';
import { completeTerms } from '../../src/agreements/rules/complete-terms.js';
import { formatAmount } from '../../src/money/index.js';
import {
  bucketGrid,
  bucketIndexAt,
  formatInstant,
  periodBounds,
  type BucketSize,
} from '../../src/period/index.js';
import { rate, type RatedLine } from '../../src/rating/index.js';
import type { ComparedBucket, MeasuredBucket } from '../../src/reconciliation/rules/compare-bucket.js';
import { reconcile } from '../../src/reconciliation/rules/reconcile.js';
import { ratedUsage } from '../../src/settlement/rules/rated-usage.js';
import { expandBuckets } from './read-vectors.js';
import { at, shown, texts } from './shown.js';

const DIRECTIONS = ['aToB', 'bToA'] as const;

function measured(buckets: readonly any[], size: BucketSize, input: any): MeasuredBucket[] {
  const grid = bucketGrid(input.period, size, input.timezone);
  return expandBuckets(buckets).map((bucket) => ({
    direction: bucket.direction,
    start: at(bucket.start),
    end: at(bucket.end),
    index: bucketIndexAt(grid, at(bucket.start)),
    scope: { sourceRegion: '', destinationRegion: '', service: '', ...bucket.scope },
    senderBytes: bucket.senderBytes === null ? null : BigInt(bucket.senderBytes),
    receiverBytes: bucket.receiverBytes === null ? null : BigInt(bucket.receiverBytes),
  }));
}

export function reconciliation(input: any): unknown {
  const terms: ReconciliationTerms = completeTerms(
    { directions: {}, reconciliation: input.reconciliation },
    'USD',
  ).reconciliation;
  const buckets = measured(input.buckets, terms.bucket, input);
  const result = reconcile(buckets, terms, periodBounds(input.period, input.timezone));
  return {
    buckets: result.buckets.map(({ status, settledBytes, discrepancyBytes }) => ({
      status,
      settledBytes: String(settledBytes),
      discrepancyBytes: String(discrepancyBytes),
    })),
    directions: Object.fromEntries(
      DIRECTIONS.map((direction) => [
        direction,
        Object.fromEntries(
          Object.entries(result.directions[direction]).map(([name, bytes]) => [name, String(bytes)]),
        ),
      ]),
    ),
    counts: result.counts,
    flags: result.flags.map((flag) => ({
      ...flag,
      start: formatInstant(flag.start),
      end: formatInstant(flag.end),
      scope: flag.scope && scopeShown(flag.scope, terms),
    })),
  };
}

function scopeShown(scope: ComparedBucket['scope'], terms: ReconciliationTerms): object {
  return Object.fromEntries(terms.scope.map((field) => [field, scope[field]]));
}

export function statement(input: any): unknown {
  const terms = completeTerms(input.terms, input.currency);
  const { start, end } = periodBounds(input.period, input.timezone);
  const now = ratedPeriod(input.buckets, terms, input);
  const declared = (direction: FlowDirection) => {
    const { senderBytes, receiverBytes } = now.directions[direction];
    return {
      sender: String(senderBytes),
      receiver: String(receiverBytes),
      difference: String(senderBytes - receiverBytes),
    };
  };
  const { payableByA, payableByB, net, lines } = now.rating;
  const whole = {
    periodStart: formatInstant(start),
    periodEnd: formatInstant(end),
    bucketCounts: now.counts,
    declaredBytes: { aToB: declared('aToB'), bToA: declared('bToA') },
    settledBytes: texts(now.settledBytes),
    zeroRatedBytes: texts(now.rating.zeroRatedBytes),
    lines: shown(lines, input.currency),
    payableByA: formatAmount(payableByA, input.currency),
    payableByB: formatAmount(payableByB, input.currency),
    net: { ...net, amount: formatAmount(net.amount, input.currency) },
  };
  if (input.issuedBuckets === undefined) return whole;
  const issued = ratedPeriod(input.issuedBuckets, terms, input).rating.lines;
  return {
    issuedLines: shown(issued, input.currency),
    ...whole,
    adjustments: adjustments(issued, lines, input.currency),
  };
}

function ratedPeriod(buckets: readonly any[], terms: Terms, input: any) {
  const bounds = periodBounds(input.period, input.timezone);
  const { bucket } = terms.reconciliation;
  const compared = reconcile(measured(buckets, bucket, input), terms.reconciliation, bounds);
  const usage = ratedUsage(compared.buckets, terms, bucketGrid(input.period, bucket, input.timezone));
  return { ...compared, settledBytes: usage.settledBytes, rating: rate(terms, usage, input.currency) };
}

/** Section 9: what the period comes to now, minus what was issued, line by line. */
function adjustments(issued: readonly RatedLine[], now: readonly RatedLine[], currency: string): unknown[] {
  const keyOf = (line: RatedLine): string => `${line.kind} ${line.direction} ${line.tier} ${line.payer}`;
  const keys = [...new Set([...issued, ...now].map(keyOf))];
  return keys
    .map((key) => {
      const [before, after] = [issued, now].map((lines) => lines.find((line) => keyOf(line) === key));
      const { kind, direction, tier, unit, payer, payee } = (after ?? before)!;
      const bytes = String((after?.bytes ?? 0n) - (before?.bytes ?? 0n));
      const amount = formatAmount((after?.amount ?? 0n) - (before?.amount ?? 0n), currency);
      return { kind, direction, tier, unit, payer, payee, bytes, amount };
    })
    .filter(({ bytes, amount }) => bytes !== '0' || !/^0(\.0+)?$/.test(amount));
}
