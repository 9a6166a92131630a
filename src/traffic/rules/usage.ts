import type { FlowDirection, ReconciliationTerms, ScopeField, Side, Terms } from '../../agreements/index.js';
import { isZeroRatable } from '../../agreements/rules/zero-rating-limits.js';
import { bucketEndAt, bucketIndexAt, splitBytes, type Instant } from '../../period/index.js';
import type { ListPrice } from '../../providers/index.js';
import type { PeriodRules } from './period-rules.js';
import { creditPriceAt, priceCuts, type CreditPrice } from './price-in-force.js';
import { flowOf, flowSideOf, type FlowSide, type TrafficRecord } from './traffic-record.js';

/** A change to one bucket's sum of one side. Scope parts are '' where the scope leaves them out. */
export interface BucketUsage {
  period: string;
  direction: FlowDirection;
  bucketStart: Instant;
  sourceRegion: string;
  destinationRegion: string;
  service: string;
  side: FlowSide;
  bytes: bigint;
  /** How many records overlap the bucket: a side without any is missing, which is not zero. */
  records: number;
}

/** A change to what one customer sent or received at one price; customer '' is nobody's. */
export interface CustomerUsage extends CreditPrice {
  period: string;
  direction: FlowDirection;
  customer: string;
  zeroRatable: boolean;
  bytes: bigint;
  records: number;
}

/** How many records change a period's direction: the first word on something, one that corrects it, or a price. */
export interface UsageChange {
  period: string;
  direction: FlowDirection;
  cause: 'late' | 'correction' | 'price';
  records: number;
}

/** What records came to: changes of the stored sums. */
export interface UsageTotals {
  buckets: readonly BucketUsage[];
  customers: readonly CustomerUsage[];
  /** Change of the number of records that count, by period. */
  records: ReadonlyMap<string, number>;
  changes: readonly UsageChange[];
  /** The terms by which the buckets of each period are judged. */
  judging: ReadonlyMap<string, ReconciliationTerms>;
}

/** Sums of usage by key, kept while a batch is read. */
export class UsageSums {
  readonly buckets = new Map<string, BucketUsage>();
  readonly customers = new Map<string, CustomerUsage>();
  /** Change of the number of records that count, by period. */
  readonly records = new Map<string, number>();
  /** What changes each period, by cause; of interest where the period is issued. */
  readonly changes = new Map<string, UsageChange>();
  /** The terms by which the buckets of each period are judged. */
  readonly judging = new Map<string, ReconciliationTerms>();

  constructor(
    private readonly reporter: Side,
    private readonly prices: readonly ListPrice[],
  ) {}

  /**
   * Counts a record in (`sign` 1) or out again (-1), as far as it lies in the periods. Void records count for
   * nothing.
   */
  add(record: TrafficRecord, periods: readonly PeriodRules[], sign: 1 | -1): void {
    if (record.void) return;
    for (const rules of periods) {
      const start = Math.max(record.start, rules.start);
      const end = Math.min(record.end, rules.end);
      this.records.set(rules.period, (this.records.get(rules.period) ?? 0) + sign);
      this.judging.set(rules.period, rules.terms.reconciliation);
      this.noteChange(record, rules.period, sign);
      this.addToBuckets(record, rules, start, end, sign);
      this.addToCustomer(record, rules, start, end, sign);
    }
  }

  /** What all came to. */
  totals(): UsageTotals {
    return {
      buckets: [...this.buckets.values()],
      customers: [...this.customers.values()],
      records: this.records,
      changes: [...this.changes.values()],
      judging: this.judging,
    };
  }

  /** What counts something out, or is a revision of its record, corrects; all else is new. */
  private noteChange(record: TrafficRecord, period: string, sign: 1 | -1): void {
    const direction = flowOf(this.reporter, record.direction);
    const cause = sign < 0 || record.revision > 0 ? 'correction' : 'late';
    const key = `${period} ${direction} ${cause}`;
    const change = this.changes.get(key);
    if (change) change.records += 1;
    else this.changes.set(key, { period, direction, cause, records: 1 });
  }

  private addToBuckets(
    record: TrafficRecord,
    rules: PeriodRules,
    start: Instant,
    end: Instant,
    sign: 1 | -1,
  ): void {
    const { grid, period, terms } = rules;
    const direction = flowOf(this.reporter, record.direction);
    const side = flowSideOf(record.direction);
    const scope = scopeOf(record, terms);
    for (let from = start, index = bucketIndexAt(grid, start); from < end; index += 1) {
      const to = Math.min(bucketEndAt(grid, index), end);
      const bytes = bytesBetween(record, from, to) * BigInt(sign);
      const bucketStart = grid.starts[index]!;
      const key = `${direction} ${bucketStart} ${side} ${JSON.stringify(scope)}`;
      const sum = this.buckets.get(key);
      if (sum) {
        sum.bytes += bytes;
        sum.records += sign;
      } else {
        this.buckets.set(key, { period, direction, bucketStart, ...scope, side, bytes, records: sign });
      }
      from = to;
    }
  }

  private addToCustomer(
    record: TrafficRecord,
    { period, terms }: PeriodRules,
    start: Instant,
    end: Instant,
    sign: 1 | -1,
  ): void {
    const direction = flowOf(this.reporter, record.direction);
    const zeroRatable = isZeroRatable(record, terms, direction);
    const customer = record.customer ?? '';
    const cuts = priceCuts(this.prices, record.direction, start, end);
    [start, ...cuts].forEach((from, index) => {
      const bytes = bytesBetween(record, from, cuts[index] ?? end) * BigInt(sign);
      const price = creditPriceAt(this.prices, record, from);
      const key = JSON.stringify([period, direction, customer, zeroRatable, price]);
      const sum = this.customers.get(key);
      if (sum) {
        sum.bytes += bytes;
        sum.records += sign;
      } else {
        this.customers.set(key, { period, direction, customer, zeroRatable, ...price, bytes, records: sign });
      }
    });
  }
}

/** Bytes of a record between two instants inside it: the difference of two ceilings (section 4). */
function bytesBetween(record: TrafficRecord, from: Instant, to: Instant): bigint {
  const cuts = [from, to].filter((cut) => cut > record.start && cut < record.end);
  return splitBytes(record.bytes, record.start, record.end, cuts)[from > record.start ? 1 : 0]!;
}

/** The parts of a record by which its buckets are split; empty where the terms do not split by them. */
export function scopeOf(record: TrafficRecord, { reconciliation }: Terms): Record<ScopeField, string> {
  const part = (field: ScopeField): string =>
    reconciliation.scope.includes(field) ? (record[field] ?? '') : '';
  return {
    sourceRegion: part('sourceRegion'),
    destinationRegion: part('destinationRegion'),
    service: part('service'),
  };
}
