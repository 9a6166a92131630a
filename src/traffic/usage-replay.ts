import { sideOf, type Agreement, type Side, type VersionInForce } from '../agreements/index.js';
import { periodBounds } from '../period/index.js';
import type { Queryable } from '../platform/database/index.js';
import type { ListPrice } from '../providers/index.js';
import { PeriodTable } from './rules/period-table.js';
import { UsageSums, type BucketUsage, type CustomerUsage } from './rules/usage.js';
import { eachRecordAsOf, type RecordedPast } from './sql/each-record-as-of.js';

/** What a period's records came to at a figure of the agreement's clock. */
export interface ReplayedUsage {
  buckets: BucketUsage[];
  /** How many records counted, by reporter id. */
  recordCounts: Map<string, number>;
  /** What each reporter's customers were charged for, by reporter id; for that reporter's eyes alone. */
  customers: Map<string, CustomerUsage[]>;
}

/** A period, its version, and what of its records counts. */
export interface Replay {
  period: string;
  version: VersionInForce;
  recorded: RecordedPast;
  /** By reporter id, as they were known then. Without them no customer's bytes have a price. */
  prices?: ReadonlyMap<string, readonly ListPrice[]>;
}

/**
 * Adds a period's records up as they were recorded at a figure of the agreement's clock, from the records alone:
 * no sum that is kept is read. Inside a transaction.
 */
export async function replayUsage(
  tx: Queryable,
  agreement: Agreement,
  { period, version, recorded, prices }: Replay,
): Promise<ReplayedUsage> {
  const bounds = periodBounds(period, agreement.timezone);
  const periods = new PeriodTable(agreement.timezone, [version], new Set(), null);
  const replayed: ReplayedUsage = { buckets: [], recordCounts: new Map(), customers: new Map() };
  for (const { id } of [agreement.partyA, agreement.partyB]) {
    const sums = new UsageSums(sideOf(agreement, id) as Side, prices?.get(id) ?? []);
    const source = { agreementId: agreement.id, reporterId: id };
    for await (const records of eachRecordAsOf(tx, source, bounds, recorded)) {
      for (const record of records) {
        const overlapped = periods.overlapping(record.start, record.end);
        sums.add(
          record,
          overlapped.filter((rules) => rules.period === period),
          1,
        );
      }
    }
    // One by one: there may be more than a call takes arguments.
    for (const bucket of sums.buckets.values()) replayed.buckets.push(bucket);
    replayed.recordCounts.set(id, sums.records.get(period) ?? 0);
    replayed.customers.set(id, [...sums.customers.values()]);
  }
  return replayed;
}
