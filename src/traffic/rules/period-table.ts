import { versionInForce, type VersionInForce } from '../../agreements/rules/version-in-force.js';
import { nextPeriod, periodBounds, periodOf, type Instant } from '../../period/index.js';
import { periodRules, type PeriodRules } from './period-rules.js';

/** Longest run of periods looked at for one record; one that overlaps more is longer than any bucket. */
const PERIODS_MAX = 3;
/** Instants are of the same years in UTC, so that clocks of a zone may show others at both ends. */
const FIRST_PERIOD = '1970-01';
const LAST_PERIOD = '9999-12';

/** The periods of one agreement, made as records ask for them. */
export class PeriodTable {
  private readonly known = new Map<string, PeriodRules | null>();
  private latest: PeriodRules | null = null;
  private calendar: { start: Instant; end: Instant } | null = null;

  constructor(
    private readonly timezone: string,
    private readonly versions: readonly VersionInForce[],
    private readonly closed: ReadonlySet<string>,
    private readonly lastPeriod: string | null = null,
  ) {}

  /** The periods that an interval overlaps, ascending, leaving out those that no version governs. */
  overlapping(start: Instant, end: Instant): PeriodRules[] {
    const cached = this.latest;
    if (cached && start >= cached.start && end <= cached.end) return [cached];
    if (!this.isInCalendar(start, end)) return [];
    const found: PeriodRules[] = [];
    let period = periodOf(start, this.timezone);
    for (let count = 0; count < PERIODS_MAX; count += 1) {
      const rules = this.rulesOf(period);
      if (rules) found.push(rules);
      if (periodBounds(period, this.timezone).end >= end) break;
      period = nextPeriod(period);
    }
    this.latest = found.length === 1 ? found[0]! : this.latest;
    return found;
  }

  private isInCalendar(start: Instant, end: Instant): boolean {
    this.calendar ??= {
      start: periodBounds(FIRST_PERIOD, this.timezone).start,
      end: periodBounds(LAST_PERIOD, this.timezone).end,
    };
    return start >= this.calendar.start && end <= this.calendar.end;
  }

  private rulesOf(period: string): PeriodRules | null {
    const known = this.known.get(period);
    if (known !== undefined) return known;
    const ended = this.lastPeriod !== null && period > this.lastPeriod;
    const version = ended ? undefined : versionInForce(this.versions, period);
    const rules = version ? periodRules(period, version.terms, this.timezone, this.closed.has(period)) : null;
    this.known.set(period, rules);
    return rules;
  }
}
