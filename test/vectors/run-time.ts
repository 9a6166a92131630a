import { completeTerms } from '../../src/agreements/rules/complete-terms.js';
import { formatDecimal, rational } from '../../src/money/index.js';
import {
  bucketEndAt,
  bucketGrid,
  bucketStarts,
  cutOffOf,
  endOfLocalDayAfter,
  formatInstant,
  formatLocal,
  periodBounds,
  periodOf,
  periodsBetween,
  splitBytes,
  type BucketSize,
} from '../../src/period/index.js';
import { periodRules } from '../../src/traffic/rules/period-rules.js';
import { UsageSums } from '../../src/traffic/rules/usage.js';
import { at, record } from './shown.js';

const BUCKET_SIZES: readonly BucketSize[] = ['5min', '15min', 'hour', 'day', 'month'];

function hoursText(from: number, to: number): string {
  return formatDecimal(rational(BigInt(to - from), 3_600_000n), 9);
}

export function periods(input: any): unknown {
  const { operation, period, instant, timezone } = input;
  if (operation === 'periodOf') return { period: periodOf(at(instant), timezone) };
  if (operation === 'endOfDayAfter') {
    const end = endOfLocalDayAfter(at(instant), input.days, timezone);
    return { end: formatInstant(end), endLocal: formatLocal(end, timezone) };
  }
  const { start, end } = periodBounds(period, timezone);
  const sizes = BUCKET_SIZES.map((size) => [size, bucketStarts(period, size, timezone).length]);
  const hours = bucketGrid(period, 'hour', timezone);
  const days = bucketGrid(period, 'day', timezone);
  return {
    start: formatInstant(start),
    end: formatInstant(end),
    startLocal: formatLocal(start, timezone),
    endLocal: formatLocal(end, timezone),
    hours: hoursText(start, end),
    buckets: Object.fromEntries(sizes),
    firstHourBucketEnd: formatInstant(bucketEndAt(hours, 0)),
    lastHourBucketStart: formatInstant(hours.starts.at(-1)!),
    unusualDays: days.starts
      .map((day, i) => ({
        start: formatLocal(day, timezone),
        hours: hoursText(day, bucketEndAt(days, i)),
      }))
      .filter(({ hours: length }) => length !== '24'),
    cutOff: formatInstant(cutOffOf(period, input.cutOffDays, timezone)),
  };
}

export function splitting(input: any): unknown {
  const { operation, bytes, start, end, cuts, timezone, bucket } = input;
  if (operation === 'cuts') {
    return { parts: splitBytes(BigInt(bytes), at(start), at(end), cuts.map(at)).map(String) };
  }
  const terms = completeTerms({ directions: {}, reconciliation: { bucket } }, 'USD');
  const rules = periodsBetween(periodOf(at(start), timezone), periodOf(at(end) - 1, timezone)).map((each) =>
    periodRules(each, terms, timezone, false),
  );
  const sums = new UsageSums('A', []);
  sums.add(record({ id: 'r', direction: 'egress', start, end, bytes }), rules, 1);
  const customers = [...sums.customers.values()];
  return {
    periods: customers.map((sum) => ({ period: sum.period, bytes: String(sum.bytes) })),
    buckets: [...sums.buckets.values()].map((sum) => ({
      period: sum.period,
      start: formatInstant(sum.bucketStart),
      bytes: String(sum.bytes),
    })),
  };
}
