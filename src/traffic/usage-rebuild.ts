import { AgreementsService, sideOf, type Agreement, type Side } from '../agreements/index.js';
import type { Transaction } from '../platform/database/index.js';
import { periodBounds } from '../period/index.js';
import type { ListPrice } from '../providers/index.js';
import { PeriodTable } from './rules/period-table.js';
import { usageRows } from './rules/usage-rows.js';
import { UsageSums, type UsageChange, type UsageTotals } from './rules/usage.js';
import { addBucketUsage } from './sql/add-bucket-usage.js';
import { addCustomerUsage } from './sql/add-customer-usage.js';
import { addLateUsage } from './sql/add-late-usage.js';
import { addPeriodUsage } from './sql/add-period-usage.js';
import { clearBucketUsage } from './sql/clear-bucket-usage.js';
import { copyUsage } from './sql/copy-usage.js';
import { deleteCustomerUsage } from './sql/delete-customer-usage.js';
import { deletePeriodUsage } from './sql/delete-period-usage.js';
import { eachCurrentRecord, type UsageSource } from './sql/each-current-record.js';
import { prepareUsage } from './sql/prepare-usage.js';

/** Whose records are added up anew, and from which period on. */
export interface Rebuild {
  agreement: Agreement;
  reporter: { id: string; prices: readonly ListPrice[] };
  fromPeriod: string;
}

/**
 * Adds a reporter's records up anew after terms changed: other buckets, other scopes. The caller holds the
 * agreement's clock, and has made sure that no period from there on is issued.
 */
export async function rebuildUsage(
  tx: Transaction,
  agreements: AgreementsService,
  rebuild: Rebuild,
): Promise<void> {
  const { source, fromPeriod, sums } = await addUp(tx, agreements, rebuild);
  await clearBucketUsage(tx, source, fromPeriod);
  await deletePeriodUsage(tx, source, fromPeriod);
  await bringIn(tx, sums.totals());
  await addBucketUsage(tx, source.agreementId, fromPeriod);
  await addPeriodUsage(tx, source.agreementId, source.reporterId, fromPeriod);
  await replaceCustomerUsage(tx, source, fromPeriod);
}

/**
 * Prices a reporter's records anew after prices were added; nothing else depends on those. Issued periods are noted
 * as changed: what had no price may have one now. The caller advances the agreement's clock after this.
 */
export async function repriceUsage(
  tx: Transaction,
  agreements: AgreementsService,
  rebuild: Rebuild,
): Promise<void> {
  const { source, fromPeriod, sums } = await addUp(tx, agreements, rebuild);
  const totals = sums.totals();
  await bringIn(tx, { ...totals, changes: priceChanges(totals, fromPeriod) });
  await replaceCustomerUsage(tx, source, fromPeriod);
  await addLateUsage(tx, source.agreementId);
}

async function addUp(
  tx: Transaction,
  agreements: AgreementsService,
  { agreement, reporter, fromPeriod }: Rebuild,
): Promise<{ source: UsageSource; fromPeriod: string; sums: UsageSums }> {
  const side = sideOf(agreement, reporter.id) as Side;
  const source = { agreementId: agreement.id, reporterId: reporter.id, side };
  const versions = await agreements.versionsInForce(tx, agreement.id);
  const periods = new PeriodTable(agreement.timezone, versions, new Set(), agreement.lastPeriod);
  const sums = new UsageSums(side, reporter.prices);
  const { start } = periodBounds(fromPeriod, agreement.timezone);
  for await (const records of eachCurrentRecord(tx, source, new Date(start))) {
    for (const record of records) sums.add(record, periods.overlapping(record.start, record.end), 1);
  }
  return { source, fromPeriod, sums };
}

async function bringIn(tx: Transaction, totals: UsageTotals): Promise<void> {
  await prepareUsage(tx);
  await copyUsage(tx, usageRows(totals));
}

/** Each period and direction that has priced usage, once. */
function priceChanges({ customers }: UsageTotals, fromPeriod: string): UsageChange[] {
  const priced = customers.filter(({ period }) => period >= fromPeriod);
  const changes = new Map(
    priced.map(({ period, direction }): [string, UsageChange] => [
      `${period} ${direction}`,
      { period, direction, cause: 'price', records: 1 },
    ]),
  );
  return [...changes.values()];
}

async function replaceCustomerUsage(tx: Transaction, source: UsageSource, fromPeriod: string): Promise<void> {
  await deleteCustomerUsage(tx, source, fromPeriod);
  await addCustomerUsage(tx, source.agreementId, source.reporterId, fromPeriod);
}
