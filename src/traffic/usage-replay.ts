import { sideOf, type Agreement, type Side, type VersionInForce } from '../agreements/index.js';
import { periodBounds } from '../period/index.js';
import type { Transaction } from '../platform/database/index.js';
import { PeriodTable } from './rules/period-table.js';
import { UsageSums, type BucketUsage } from './rules/usage.js';
import { eachRecordAsOf } from './sql/each-record-as-of.js';

/** What a period's records came to at a figure of the agreement's clock. */
export interface ReplayedUsage {
  buckets: BucketUsage[];
  /** How many records counted, by reporter id. */
  recordCounts: Map<string, number>;
}

/**
 * Adds a period's records up as they were recorded at a figure of the agreement's clock, from the records alone:
 * no sum that is kept is read.
 */
export async function replayUsage(
  tx: Transaction,
  agreement: Agreement,
  versions: readonly VersionInForce[],
  period: string,
  recordedUpTo: bigint,
): Promise<ReplayedUsage> {
  const bounds = periodBounds(period, agreement.timezone);
  const periods = new PeriodTable(agreement.timezone, versions, new Set(), null);
  const buckets: BucketUsage[] = [];
  const recordCounts = new Map<string, number>();
  for (const { id } of [agreement.partyA, agreement.partyB]) {
    const sums = new UsageSums(sideOf(agreement, id) as Side, []);
    const source = { agreementId: agreement.id, reporterId: id };
    for await (const records of eachRecordAsOf(tx, source, bounds, recordedUpTo)) {
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
    for (const bucket of sums.buckets.values()) buckets.push(bucket);
    recordCounts.set(id, sums.records.get(period) ?? 0);
  }
  return { buckets, recordCounts };
}
