const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const clocks = new Map<string, Intl.DateTimeFormat>();

/** What clocks in the zone show at an instant, as if it were UTC. */
function shown(instant: number, timezone: string): number {
  let clock = clocks.get(timezone);
  if (!clock) {
    const all = {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    } as const;
    clock = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hourCycle: 'h23', ...all });
    clocks.set(timezone, clock);
  }
  const parts = Object.fromEntries(
    clock.formatToParts(instant).map(({ type, value }) => [type, Number(value)]),
  );
  return Date.UTC(parts.year!, parts.month! - 1, parts.day, parts.hour, parts.minute, parts.second);
}

/** The first instant of a local day: days run over into months as in `Date.UTC`. */
export function startOfLocalDay(year: number, month: number, day: number, timezone: string): number {
  const midnight = Date.UTC(year, month, day);
  let instant = midnight - 15 * HOUR_MS;
  while (shown(instant, timezone) < midnight) instant += 15 * MINUTE_MS;
  return instant;
}

/** A month `YYYY-MM` of a zone, half-open. */
export function monthOf(period: string, timezone: string): { start: number; end: number } {
  const [year, month] = period.split('-').map(Number) as [number, number];
  return {
    start: startOfLocalDay(year, month - 1, 1, timezone),
    end: startOfLocalDay(year, month, 1, timezone),
  };
}

/** The starts of a month's buckets, ascending: aligned to UTC and cut at the month's ends, or local days. */
export function bucketsOf(period: string, size: string, timezone: string): number[] {
  const { start, end } = monthOf(period, timezone);
  if (size === 'month') return [start];
  if (size === 'day') {
    const [year, month] = period.split('-').map(Number) as [number, number];
    const starts: number[] = [];
    for (let day = 1; ; day += 1) {
      const at = startOfLocalDay(year, month - 1, day, timezone);
      if (at >= end) return starts;
      starts.push(at);
    }
  }
  const step = { '5min': 5, '15min': 15, hour: 60 }[size]! * MINUTE_MS;
  const starts = [start];
  for (let at = Math.ceil((start + 1) / step) * step; at < end; at += step) starts.push(at);
  return starts;
}
