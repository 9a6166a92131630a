import { AgreementsService, sideOf, type Agreement, type Side } from '../agreements/index.js';
import type { Transaction } from '../platform/database/index.js';
import { periodBounds } from '../period/index.js';
import type { ListPrice } from '../providers/index.js';
import { PeriodTable } from './period-table.js';
import { UsageSums } from './rules/usage.js';
import { addUsage } from './add-usage.js';
import { deleteUsage } from './sql/delete-usage.js';
import { eachCurrentRecord } from './sql/each-current-record.js';
import { listClosedPeriods } from './sql/list-closed-periods.js';

/**
 * Adds a reporter's records up anew from a period on, after its terms or prices changed. The caller holds
 * the agreement's clock, and has made sure that nothing issued from there on comes out otherwise.
 */
export async function rebuildUsage(
  tx: Transaction,
  agreements: AgreementsService,
  agreement: Agreement,
  reporter: { id: string; prices: readonly ListPrice[] },
  fromPeriod: string,
): Promise<void> {
  const source = {
    agreementId: agreement.id,
    reporterId: reporter.id,
    side: sideOf(agreement, reporter.id) as Side,
  };
  const versions = await agreements.versionsInForce(tx, agreement.id);
  const closed = await listClosedPeriods(tx, agreement.id);
  const periods = new PeriodTable(agreement.timezone, versions, new Set(closed), agreement.lastPeriod);
  const sums = new UsageSums(source.side, reporter.prices);
  await deleteUsage(tx, source, fromPeriod);
  const { start } = periodBounds(fromPeriod, agreement.timezone);
  for await (const records of eachCurrentRecord(tx, source, new Date(start))) {
    for (const record of records) sums.add(record, periods.overlapping(record.start, record.end), 1);
  }
  await addUsage(tx, agreement.id, reporter.id, sums, fromPeriod);
}
