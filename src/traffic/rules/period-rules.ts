import type { Terms, ScopeField } from '../../agreements/index.js';
import { isSuspended, type Suspension } from '../../agreements/rules/agreement-state.js';
import { bucketEndAt, bucketGrid, bucketIndexAt, type BucketGrid, type Instant } from '../../period/index.js';
import type { TrafficRecord } from './traffic-record.js';

/** How one period of an agreement takes records. */
export interface PeriodRules {
  period: string;
  start: Instant;
  end: Instant;
  grid: BucketGrid;
  terms: Terms;
  /** Its statement is issued and its time of back-billing is over: it takes nothing more. */
  closed: boolean;
}

export type RefusalCode =
  | 'agreement_not_in_force'
  | 'period_closed'
  | 'interval_in_future'
  | 'interval_too_long'
  | 'unknown_scope_value';

export interface Refusal {
  pointer: string;
  code: RefusalCode;
  detail: string;
}

/** Clocks of two parties differ a little: an interval may end this much later than now. */
const FUTURE_TOLERANCE_MS = 5 * 60_000;

/** No bucket is longer: a month has at most 745 hours. */
const LONGEST_MS = 32 * 86_400_000;

const BUCKET_MIN_MS: Record<Terms['reconciliation']['bucket'], number> = {
  '5min': 300_000,
  '15min': 900_000,
  hour: 3_600_000,
  day: 86_400_000,
  month: 0,
};

export function periodRules(period: string, terms: Terms, timezone: string, closed: boolean): PeriodRules {
  const grid = bucketGrid(period, terms.reconciliation.bucket, timezone);
  return { period, start: grid.starts[0]!, end: grid.end, grid, terms, closed };
}

/**
 * Why a well-formed record cannot be taken by the periods that it overlaps, or null (domain contract,
 * sections 4 and 5). `periods` ascend and cover a record that is no longer than a month, but for those that
 * no version governs; of a longer one they may cover the beginning only.
 */
export function refuseRecord(
  record: TrafficRecord,
  periods: readonly PeriodRules[],
  now: Instant,
): Refusal | null {
  if (record.end > now + FUTURE_TOLERANCE_MS) {
    return { pointer: '/end', code: 'interval_in_future', detail: 'report an interval once it has ended' };
  }
  const first = periods[0];
  const last = periods.at(-1);
  if (first && record.end - record.start > LONGEST_MS) return tooLong(first);
  if (!first || !last || record.start < first.start || record.end > last.end) {
    const detail = 'report an interval in periods for which both parties accepted terms';
    return { pointer: '/start', code: 'agreement_not_in_force', detail };
  }
  return refuseLength(record, first, last) ?? refuseScope(record, periods);
}

/** Why a record cannot be taken because the agreement rested in its interval, or null. */
export function refuseSuspended(record: TrafficRecord, suspensions: readonly Suspension[]): Refusal | null {
  if (!isSuspended(suspensions, record.start, record.end)) return null;
  const detail = 'report intervals outside the time in which the agreement is suspended';
  return { pointer: '/start', code: 'agreement_not_in_force', detail };
}

/** Why a period takes nothing more, or null. Asked only of what would change something. */
export function refuseClosed(periods: readonly PeriodRules[]): Refusal | null {
  const closed = periods.find((period) => period.closed);
  return closed
    ? {
        pointer: '/start',
        code: 'period_closed',
        detail:
          `the statement of ${closed.period} is issued and its back-billing time of ` +
          `${closed.terms.backBillingMonths} months is over; its records can no longer change`,
      }
    : null;
}

function refuseLength(record: TrafficRecord, first: PeriodRules, last: PeriodRules): Refusal | null {
  const length_ms = record.end - record.start;
  const longest_ms = Math.max(
    longestInterval_ms(first, record.start),
    longestInterval_ms(last, record.end - 1),
  );
  return length_ms <= longest_ms ? null : tooLong(first);
}

function tooLong({ terms }: PeriodRules): Refusal {
  const detail = `use intervals no longer than a bucket (${terms.reconciliation.bucket})`;
  return { pointer: '/end', code: 'interval_too_long', detail };
}

/** The bucket's own length; a bucket cut short by the period's end still takes a whole one. */
function longestInterval_ms({ grid, terms }: PeriodRules, instant: Instant): number {
  const index = bucketIndexAt(grid, instant);
  const length_ms = bucketEndAt(grid, index) - grid.starts[index]!;
  return Math.max(length_ms, BUCKET_MIN_MS[terms.reconciliation.bucket]);
}

function refuseScope(record: TrafficRecord, periods: readonly PeriodRules[]): Refusal | null {
  for (const { terms } of periods) {
    for (const field of terms.reconciliation.scope) {
      const value = record[field];
      const values = terms.reconciliation.scopeValues[field] ?? [];
      if (value === null || !values.includes(value)) return unknownScopeValue(field, values);
    }
  }
  return null;
}

function unknownScopeValue(field: ScopeField, values: readonly string[]): Refusal {
  const shown = values.slice(0, 10).join(', ') + (values.length > 10 ? ', ...' : '');
  return { pointer: `/${field}`, code: 'unknown_scope_value', detail: `use one of: ${shown}` };
}
