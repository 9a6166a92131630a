import { firstDayOf, localDateOf, startOfDay, type Instant, type Period } from './period.js';

/**
 * The local midnight that ends the calendar day `days` days after the instant's local date (section 3); where
 * clocks skip that midnight, the first instant after it. Throws RangeError unless days is an integer >= 0.
 */
export function endOfLocalDayAfter(instant: Instant, days: number, timezone: string): Instant {
  const date = localDateOf(instant, timezone);
  return startOfDay(date.add({ days: wholeDays(days) + 1 }), timezone);
}

/**
 * The instant from which a period may be issued: the end of the day `days` days after the period's last local
 * day (sections 2 and 3). Period 2026-10 and 5 days give local midnight 2026-11-06T00:00.
 */
export function cutOffOf(period: Period, days: number, timezone: string): Instant {
  const nextMonth = firstDayOf(period).add({ months: 1 });
  return startOfDay(nextMonth.add({ days: wholeDays(days) }), timezone);
}

/** The days of a period, each with its first instant; they follow on each other without a gap. */
export function daysOf(period: Period, timezone: string): { date: string; start: Instant }[] {
  const first = firstDayOf(period);
  return Array.from({ length: first.daysInMonth }, (_, days) => {
    const date = first.add({ days });
    return { date: date.toString(), start: startOfDay(date, timezone) };
  });
}

function wholeDays(days: number): number {
  if (!Number.isSafeInteger(days) || days < 0) throw new RangeError(`Not a count of days: ${days}`);
  return days;
}
