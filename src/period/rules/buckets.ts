import { firstDayOf, periodBounds, startOfDay, type Instant, type Period } from './period.js';

/** The interval at which both sides are compared (section 5). */
export type BucketSize = '5min' | '15min' | 'hour' | 'day' | 'month';

/** A period's buckets: bucket i is [starts[i], starts[i + 1]), the last one ends at `end`. */
export interface BucketGrid {
  readonly starts: readonly Instant[];
  readonly end: Instant;
  /** The step of buckets aligned to UTC, in milliseconds; null for local days and the month. */
  readonly step_ms: number | null;
}

const STEP_MS: Readonly<Record<BucketSize, number | null>> = {
  '5min': 300_000,
  '15min': 900_000,
  hour: 3_600_000,
  day: null,
  month: null,
};

/**
 * The buckets that cover a period in the zone, without gaps (section 5): 5min, 15min and hour are aligned to
 * UTC and cut at the period's own ends, so in a half-hour zone the first and the last hour are half ones; a
 * day is a local one, 23 to 25 hours long; the month is a single bucket.
 */
export function bucketGrid(period: Period, size: BucketSize, timezone: string): BucketGrid {
  const { start, end } = periodBounds(period, timezone);
  const step_ms = STEP_MS[size];
  if (step_ms !== null) return { starts: alignedStarts(start, end, step_ms), end, step_ms };
  if (size === 'month') return { starts: [start], end, step_ms };
  return { starts: dayStarts(period, timezone, end), end, step_ms };
}

/** The starts of `bucketGrid`, ascending; the first is the period's own. */
export function bucketStarts(period: Period, size: BucketSize, timezone: string): readonly Instant[] {
  return bucketGrid(period, size, timezone).starts;
}

/** The index of the bucket that holds the instant; -1 when it lies outside the period. */
export function bucketIndexAt(grid: BucketGrid, instant: Instant): number {
  const first = grid.starts[0]!;
  if (instant < first || instant >= grid.end) return -1;
  if (grid.step_ms !== null) return Math.floor(instant / grid.step_ms) - Math.floor(first / grid.step_ms);
  let low = 0;
  let high = grid.starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (grid.starts[middle]! <= instant) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The end of bucket i, not part of it. Throws RangeError when there is no such bucket. */
export function bucketEndAt(grid: BucketGrid, i: number): Instant {
  if (grid.starts[i] === undefined) throw new RangeError(`No bucket ${i} of ${grid.starts.length}`);
  return grid.starts[i + 1] ?? grid.end;
}

function alignedStarts(start: Instant, end: Instant, step_ms: number): Instant[] {
  const starts = [start];
  for (let at = (Math.floor(start / step_ms) + 1) * step_ms; at < end; at += step_ms) starts.push(at);
  return starts;
}

function dayStarts(period: Period, timezone: string, end: Instant): Instant[] {
  const starts: Instant[] = [];
  let date = firstDayOf(period);
  for (let at = startOfDay(date, timezone); at < end; at = startOfDay(date, timezone)) {
    // A day that the zone skipped (Apia, 2011-12-30) begins where the next one does, and is no bucket.
    if (at !== starts.at(-1)) starts.push(at);
    date = date.add({ days: 1 });
  }
  return starts;
}
