import { Temporal } from 'temporal-polyfill';

/** Epoch milliseconds, a safe integer. Traffic records are on whole seconds. */
export type Instant = number;

/** A settlement month 'YYYY-MM' in an agreement's timezone, 1970-01 to 9999-12. */
export type Period = string;

const PERIOD = /^(?:19[7-9][0-9]|[2-9][0-9]{3})-(?:0[1-9]|1[0-2])$/;

/** Whether the text is a period. */
export function isPeriod(text: string): boolean {
  return PERIOD.test(text);
}

/** The period n months later, or earlier when n is negative. Throws RangeError on no period or out of range. */
export function addMonths(period: Period, n: number): Period {
  return periodAt(monthNumber(period) + n);
}

/** The period after this one. */
export function nextPeriod(period: Period): Period {
  return addMonths(period, 1);
}

/** The period before this one. */
export function previousPeriod(period: Period): Period {
  return addMonths(period, -1);
}

/** Negative, 0 or positive as a is before, the same as or after b: their distance in months. */
export function comparePeriods(a: Period, b: Period): number {
  return monthNumber(a) - monthNumber(b);
}

/** Every period from the first to the last, both included; none when the last is before the first. */
export function periodsBetween(first: Period, last: Period): Period[] {
  const start = monthNumber(first);
  const length = Math.max(0, monthNumber(last) - start + 1);
  return Array.from({ length }, (_, i) => periodAt(start + i));
}

/**
 * The half-open interval of the local month in the zone (section 3), so it lasts 743 to 745 hours in some
 * months. A month whose first midnight does not exist starts at the first instant that does.
 */
export function periodBounds(period: Period, timezone: string): { start: Instant; end: Instant } {
  const first = firstDayOf(period);
  return { start: startOfDay(first, timezone), end: startOfDay(first.add({ months: 1 }), timezone) };
}

/**
 * The period that holds the instant in the zone: always the one whose bounds hold it. It reads the zone's
 * rules (about 20 us), so on a hot path compare with `periodBounds` taken once.
 */
export function periodOf(instant: Instant, timezone: string): Period {
  const { year, month } = localDateOf(instant, timezone);
  const period = periodAt(year * 12 + month - 1);
  // Clocks set back over midnight repeat the old month's last hour after the new one has begun
  // (St John's, 2009-11-01 00:01); bounds must not overlap, so that hour belongs to the new one.
  return instant < periodBounds(period, timezone).end ? period : nextPeriod(period);
}

/** Whether the name is an IANA timezone in its usual spelling; an offset such as "+02:00" is none. */
export function isTimezone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Temporal.ZonedDateTime(0n, name).timeZoneId === name;
  } catch {
    return false;
  }
}

/** The calendar date that clocks in the zone show at the instant. */
export function localDateOf(instant: Instant, timezone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(timezone).toPlainDate();
}

/** The first day of the period's month. Throws RangeError on no period. */
export function firstDayOf(period: Period): Temporal.PlainDate {
  const months = monthNumber(period);
  return new Temporal.PlainDate(Math.floor(months / 12), (months % 12) + 1, 1);
}

/** The first instant of the local day: midnight, or what follows it where clocks skip midnight. */
export function startOfDay(date: Temporal.PlainDate, timezone: string): Instant {
  return date.toZonedDateTime(timezone).epochMilliseconds;
}

function monthNumber(period: Period): number {
  if (!isPeriod(period)) throw new RangeError(`Not a period: ${JSON.stringify(period)}`);
  return Number(period.slice(0, 4)) * 12 + Number(period.slice(5)) - 1;
}

function periodAt(months: number): Period {
  const year = Math.floor(months / 12);
  const period = `${String(year).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}`;
  if (!isPeriod(period)) throw new RangeError(`Not within the periods 1970-01 to 9999-12: ${period}`);
  return period;
}
