import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  advanceClock,
  advanceTermsEpoch,
  AgreementsService,
  lockClock,
  type Agreement,
} from '../agreements/index.js';
import { periodBounds, periodOf } from '../period/index.js';
import { Database, type Queryable, type Transaction } from '../platform/database/index.js';
import { isId } from '../platform/ids/index.js';
import { ProvidersService, slotOf, type ListPrice, type NumberedPrice } from '../providers/index.js';
import { CustomersService } from './customers.service.js';
import { recordsInOrder } from './record-listing.js';
import { reachesIssued } from './rules/price-reach.js';
import type { BatchRow } from './sql/batch-row.js';
import { deleteClosedPeriod } from './sql/delete-closed-period.js';
import { eachBatchRecord } from './sql/each-batch-record.js';
import { findBatch } from './sql/find-batch.js';
import { insertPriceNews } from './sql/insert-price-news.js';
import { insertClosedPeriod } from './sql/insert-closed-period.js';
import { listBatches } from './sql/list-batches.js';
import { listClosedPeriods } from './sql/list-closed-periods.js';
import { listLateUsage, type LateUsage } from './sql/list-late-usage.js';
import { listPriceNews } from './sql/list-price-news.js';
import { listOpenPeriods } from './sql/list-open-periods.js';
import type { RecordFilter, RecordListing, RecordPosition } from './sql/list-records.js';
import type { RecordRow } from './sql/record-row.js';
import { readRecordCounts } from './sql/read-record-counts.js';
import { readCustomerUsage, type CustomerSum } from './sql/read-customer-usage.js';
import { trafficProblems } from './traffic.errors.js';
import { rebuildUsage, repriceUsage } from './usage-rebuild.js';
import { replayUsage, type ReplayedUsage } from './usage-replay.js';

/** No zone is in an earlier period than the first one, 1970-01, at this instant. */
const FIRST_INSTANT = Date.UTC(1970, 0, 2);

/** What was reported, and what it adds up to. Everything a party reads here is its own. */
@Injectable()
export class TrafficService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly customers: CustomersService,
    private readonly providers: ProvidersService,
  ) {}

  onModuleInit(): void {
    this.agreements.observeVersions((tx, agreement, version) => this.followVersion(tx, agreement, version));
    this.providers.observePrices((tx, providerId, prices) => this.followPrices(tx, providerId, prices));
  }

  async batches(
    agreement: Agreement,
    reporterId: string,
    beforeId: string | null,
    limit: number,
  ): Promise<BatchRow[]> {
    return listBatches(this.database, agreement.id, reporterId, beforeId, limit);
  }

  async batch(agreement: Agreement, reporterId: string, id: string): Promise<BatchRow> {
    const batch = isId(id) ? await findBatch(this.database, agreement.id, reporterId, id) : undefined;
    if (!batch) throw trafficProblems.batch_not_found('There is no such batch.');
    return batch;
  }

  /** The records that a batch stored, by id and revision; of a snapshot, for the reporter's eyes alone. */
  batchRecords(
    tx: Transaction,
    owner: { agreementId: string; reporterId: string },
    batchId: string,
  ): AsyncGenerator<RecordRow[]> {
    return eachBatchRecord(tx, owner, batchId);
  }

  /** A reporter's own records, with its own references where there are pseudonyms. */
  async records(
    agreement: Agreement,
    reporterId: string,
    { customer, ...filter }: Omit<RecordFilter, 'customers'> & { customer: string | null },
    after: RecordPosition | null,
    limit: number,
  ): Promise<RecordListing[]> {
    const owner = { agreementId: agreement.id, reporterId };
    const customers =
      customer === null ? null : await this.customers.storedAs(this.database, reporterId, customer);
    const rows = await recordsInOrder(this.database, owner, { ...filter, customers }, after, limit);
    return this.customers.named(this.database, reporterId, rows);
  }

  /** A reporter's customer sums inside the zero-rating's limits; for that reporter's eyes alone. */
  async customerSums(
    db: Queryable,
    agreementId: string,
    period: string,
    reporterId: string,
  ): Promise<CustomerSum[]> {
    return readCustomerUsage(db, agreementId, period, reporterId);
  }

  /** How many records of each reporter count in a period, by reporter id. */
  async recordCounts(db: Queryable, agreementId: string, period: string): Promise<Map<string, number>> {
    return readRecordCounts(db, agreementId, period);
  }

  /** What changed issued periods after a figure of the agreement's clock. */
  async lateUsage(db: Queryable, agreementId: string, after: bigint): Promise<LateUsage[]> {
    return listLateUsage(db, agreementId, after);
  }

  /** A provider's list prices that an agreement had heard of when its clock showed a figure. */
  async pricesAsOf(
    db: Queryable,
    agreementId: string,
    providerId: string,
    recordedUpTo: bigint,
  ): Promise<ListPrice[]> {
    const news = new Set(await listPriceNews(db, agreementId, providerId, recordedUpTo));
    const prices = await this.providers.numberedPrices(db, providerId);
    return prices.filter(({ id }) => !news.has(id));
  }

  /** A period's records added up as they were recorded at a figure of the agreement's clock. */
  async replay(...of: Parameters<typeof replayUsage>): Promise<ReplayedUsage> {
    return replayUsage(...of);
  }

  /** Notes that a period's statement is issued: what comes later is late. The caller holds the agreement's clock. */
  async closePeriod(tx: Transaction, agreementId: string, period: string): Promise<void> {
    await insertClosedPeriod(tx, agreementId, period);
  }

  /**
   * Opens a period again whose statement is void. Batches under way are told to come again: they began when it
   * was closed. The caller holds the agreement's clock.
   */
  async reopenPeriod(tx: Transaction, agreementId: string, period: string): Promise<void> {
    await deleteClosedPeriod(tx, agreementId, period);
    await advanceTermsEpoch(tx, agreementId);
  }

  /** Periods whose statement is issued, ascending. */
  async closedPeriods(db: Queryable, agreementId: string): Promise<string[]> {
    return listClosedPeriods(db, agreementId);
  }

  /** Periods that have records and no statement yet, ascending. */
  async openPeriods(db: Queryable, agreementId: string): Promise<string[]> {
    return listOpenPeriods(db, agreementId);
  }

  async isClosed(db: Queryable, agreementId: string, period: string): Promise<boolean> {
    return (await listClosedPeriods(db, agreementId)).includes(period);
  }

  /** Terms never reach into a closed period; once in force, open periods are added up by them. */
  private async followVersion(
    tx: Transaction,
    agreement: Agreement,
    version: { effectiveFrom: string; inForce: boolean },
  ): Promise<void> {
    const closed = (await listClosedPeriods(tx, agreement.id)).findLast(
      (period) => period >= version.effectiveFrom,
    );
    if (closed) {
      throw trafficProblems.terms_in_closed_period(`The statement of ${closed} is issued; start after it.`, {
        errors: [
          {
            pointer: '/effectiveFrom',
            code: 'terms_in_closed_period',
            detail: `use a period after ${closed}`,
          },
        ],
      });
    }
    if (!version.inForce) return;
    for (const { id } of [agreement.partyA, agreement.partyB]) {
      const prices = await this.providers.listPrices(tx, id);
      const reporter = { id, prices };
      await rebuildUsage(tx, this.agreements, { agreement, reporter, fromPeriod: version.effectiveFrom });
    }
  }

  /** A price changes none of an issued period; what had no price, and open periods, are priced by it. */
  private async followPrices(
    tx: Transaction,
    providerId: string,
    added: readonly NumberedPrice[],
  ): Promise<void> {
    const from = Math.min(...added.map((price) => price.from));
    for (const id of await this.agreements.idsOf(tx, providerId)) {
      await lockClock(tx, id);
      const agreement = await this.agreements.findById(tx, id);
      const prices = await this.providers.listPrices(tx, providerId);
      await refusePriceInIssuedPeriod(tx, agreement, added, prices);
      await advanceTermsEpoch(tx, id);
      const reporter = { id: providerId, prices };
      const fromPeriod = periodOf(Math.max(from, FIRST_INSTANT), agreement.timezone);
      await repriceUsage(tx, this.agreements, { agreement, reporter, fromPeriod });
      const recorded = await advanceClock(tx, id);
      await insertPriceNews(tx, { agreementId: id, providerId, recorded }, added);
    }
  }
}

async function refusePriceInIssuedPeriod(
  tx: Transaction,
  agreement: Agreement,
  added: readonly ListPrice[],
  all: readonly ListPrice[],
): Promise<void> {
  const fresh = new Set(added.map(slotOf));
  const existing = all.filter((price) => !fresh.has(slotOf(price)));
  for (const period of await listClosedPeriods(tx, agreement.id)) {
    const issued = periodBounds(period, agreement.timezone);
    if (!added.some((price) => reachesIssued(price, existing, issued))) continue;
    throw trafficProblems.price_in_closed_period(
      `The statement of ${period} of ${agreement.code} is issued; let the price take effect after it, or give ` +
        'one from before it for what had no price.',
    );
  }
}
