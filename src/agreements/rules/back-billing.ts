import { addMonths, comparePeriods, periodBounds, type Instant, type Period } from '../../period/index.js';
import { versionInForce, type VersionInForce } from './version-in-force.js';

/** No period is after it, so back-billing that leads beyond has no end. */
const LAST_PERIOD = '9999-12';

/**
 * Whether an issued period may still be charged anew: until its local end is more than the
 * `backBillingMonths` of its own terms ago, in calendar months (domain contract, section 9).
 */
export function isBackBillable(
  period: Period,
  versions: readonly VersionInForce[],
  timezone: string,
  now: Instant,
): boolean {
  const months = versionInForce(versions, period)?.terms.backBillingMonths ?? 0;
  if (comparePeriods(LAST_PERIOD, period) < months) return true;
  return now <= periodBounds(addMonths(period, months), timezone).end;
}

/** Those of the issued periods that take nothing more. */
export function barredPeriods(
  issued: readonly Period[],
  versions: readonly VersionInForce[],
  timezone: string,
  now: Instant,
): Period[] {
  return issued.filter((period) => !isBackBillable(period, versions, timezone, now));
}
