import type { VersionInForce } from '../../agreements/index.js';
import { versionInForce } from '../../agreements/rules/version-in-force.js';
import { cutOffOf, nextPeriod, periodBounds, periodOf, type Instant } from '../../period/index.js';

/**
 * Periods whose cut-off has passed and which the scheduler closes (domain contract, section 9): those that
 * ended after the first version came into force; older, back-loaded ones close by request only.
 */
export function duePeriods(
  versions: readonly VersionInForce[],
  closed: readonly string[],
  { timezone, lastPeriod }: { timezone: string; lastPeriod: string | null },
  now: Instant,
): string[] {
  if (versions.length === 0) return [];
  const inForceAt = Math.min(...versions.map((version) => version.inForceAt));
  const start = versions.reduce((a, { effectiveFrom: b }) => (b < a ? b : a), versions[0]!.effectiveFrom);
  const firstOpen = periodOf(inForceAt, timezone);
  const due: string[] = [];
  for (let period = start > firstOpen ? start : firstOpen; ; period = nextPeriod(period)) {
    if (periodBounds(period, timezone).end > now || (lastPeriod !== null && period > lastPeriod)) return due;
    const terms = versionInForce(versions, period)!.terms;
    if (!closed.includes(period) && cutOffOf(period, terms.days.cutOff, timezone) <= now) due.push(period);
  }
}

/**
 * The period under which an ended agreement's closing statement would be issued now, if anything is left to carry:
 * the latest one after its end whose cut-off has passed. Null while its last period has no statement.
 */
export function closingPeriod(
  versions: readonly VersionInForce[],
  closed: readonly string[],
  { timezone, lastPeriod }: { timezone: string; lastPeriod: string | null },
  now: Instant,
): string | null {
  const version = lastPeriod === null ? undefined : versionInForce(versions, lastPeriod);
  if (lastPeriod === null || !version || !closed.includes(lastPeriod)) return null;
  let latest: string | null = null;
  for (let period = nextPeriod(lastPeriod); ; period = nextPeriod(period)) {
    if (cutOffOf(period, version.terms.days.cutOff, timezone) > now) break;
    latest = period;
  }
  return latest !== null && closed.includes(latest) ? null : latest;
}
