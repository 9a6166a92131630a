import {
  UsageSums,
  type BucketUsage,
  type CustomerUsage,
  type UsageChange,
  type UsageTotals,
} from '../rules/usage.js';
import type { ReconciliationTerms } from '../../agreements/index.js';
import { CountedSums } from './counted-sums.js';
import { MEMBER, TEXT_MEMBERS, type ScannedRecord } from './scanned-record.js';
import { TextTable } from './text-table.js';
import { NUMBER_RANGE, UsageClasses, type UsageRules } from './usage-classes.js';

/** Sums and texts kept before they are written out, so that memory does not grow with the batch. */
const SUMS_MAX = 60_000;
const TEXTS_MAX = 60_000;
/** Windows and classes, kept even of records that are refused. */
const CLASSES_MAX = 60_000;

/**
 * Sums of usage while a batch is read. Records that share bucket, scope and price are added by number; one that
 * no class fits (over a boundary, void, a revision) is added by the rule itself, `special`.
 */
export class RunningUsage {
  /** Set by `place`: the sums that the record is to be added to. */
  bucketSum = -1;
  customerSum = -1;
  readonly special: UsageSums;
  private readonly texts = new TextTable();
  private readonly classes: UsageClasses;
  private readonly buckets = new CountedSums<Omit<BucketUsage, 'bytes' | 'records'>>();
  private readonly customers = new CountedSums<Omit<CustomerUsage, 'bytes' | 'records'>>();

  private readonly judging = new Map<string, ReconciliationTerms>();

  constructor(rules: UsageRules) {
    this.special = new UsageSums(rules.side, rules.prices);
    this.classes = new UsageClasses(rules, this.texts);
  }

  /** Whether its sums should be written out and a new one begun. */
  get isFull(): boolean {
    const special = this.special.buckets.size + this.special.customers.size;
    return (
      this.texts.size > TEXTS_MAX ||
      this.classes.size > CLASSES_MAX ||
      this.buckets.size + this.customers.size + special > SUMS_MAX
    );
  }

  /** Finds the sums of a record that can be taken; false where it has to go the long way. */
  place(record: ScannedRecord): boolean {
    if (record.revision > 0 || this.texts.size > NUMBER_RANGE - TEXT_MEMBERS) return false;
    const window = this.classes.windowOf(record);
    const found = window && this.classes.classOf(record, window);
    if (!found) return false;
    const { bucketStart } = window;
    const bucketKey = window.number * NUMBER_RANGE + found.scopeNumber;
    this.bucketSum = this.buckets.find(bucketKey);
    if (this.bucketSum < 0) {
      this.bucketSum = this.buckets.open(bucketKey, { ...found.bucket, bucketStart });
      this.judging.set(found.bucket.period, window.rules.terms.reconciliation);
    }
    const customerKey = found.priceNumber * NUMBER_RANGE + this.classes.numberOf(record, MEMBER.customer);
    this.customerSum = this.customers.find(customerKey);
    if (this.customerSum < 0) {
      const customer = record.text(MEMBER.customer) ?? '';
      this.customerSum = this.customers.open(customerKey, { ...found.credit, customer });
    }
    return true;
  }

  /** Counts a record of so many bytes in the sums that `place` found. */
  add(bucketSum: number, customerSum: number, bytes: number): void {
    this.buckets.add(bucketSum, bytes);
    this.customers.add(customerSum, bytes);
  }

  totals(): UsageTotals {
    const special = this.special.totals();
    const buckets = [...this.buckets.totals()];
    const records = new Map(special.records);
    const late = new Map<string, UsageChange>();
    // What was placed by its class lies in one bucket each, hence in one period, and corrects nothing.
    for (const { period, direction, records: count } of buckets) {
      records.set(period, (records.get(period) ?? 0) + count);
      const key = `${period} ${direction}`;
      const before = late.get(key)?.records ?? 0;
      late.set(key, { period, direction, cause: 'late', records: before + count });
    }
    return {
      buckets: [...buckets, ...special.buckets],
      customers: [...this.customers.totals(), ...special.customers],
      records,
      changes: [...late.values(), ...special.changes],
      judging: new Map([...this.judging, ...special.judging]),
    };
  }
}
