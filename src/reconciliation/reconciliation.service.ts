import { Readable } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AgreementsService, type Agreement, type VersionInForce } from '../agreements/index.js';
import { bucketGrid, bucketIndexAt, daysOf, type BucketGrid } from '../period/index.js';
import { Database, keepTenant, type Queryable, type Transaction } from '../platform/database/index.js';
import { TrafficService, type CustomerUsage, type Replay } from '../traffic/index.js';
import { reconciliationProblems } from './reconciliation.errors.js';
import {
  agreedBucket,
  bucketName,
  withAgreedBytes,
  type AgreedBucket,
  type AgreedBytes,
  type BucketKey,
} from './rules/agreed-bytes.js';
import { bucketsCsv } from './rules/bucket-csv.js';
import { positionOf, type BucketPosition, type DiscrepancyPosition } from './rules/bucket-position.js';
import { toBucket, type BucketRow } from './rules/bucket-row.js';
import type { ComparedBucket } from './rules/compare-bucket.js';
import { pairSides } from './rules/pair-sides.js';
import { reconcile, reconciliationOf, type Reconciliation } from './rules/reconcile.js';
import { directionTotals, scopeSums, statusCounts, type ScopeSum } from './rules/scope-sums.js';
import { findBuckets } from './sql/find-buckets.js';
import { insertAgreedBytes, type AgreementOnBytes } from './sql/insert-agreed-bytes.js';
import { listAgreedBuckets } from './sql/list-agreed-buckets.js';
import { listAgreedPeriods } from './sql/list-agreed-periods.js';
import { listBuckets, type BucketFilter } from './sql/list-buckets.js';
import { listDiscrepancies } from './sql/list-discrepancies.js';
import { listSuspects } from './sql/list-suspects.js';
import { readAgreedBytes } from './sql/read-agreed-bytes.js';
import { setAgreedBytes } from './sql/set-agreed-bytes.js';
import { sumBucketStarts } from './sql/sum-bucket-starts.js';
import { sumDays, type DaySum } from './sql/sum-days.js';
import { sumScopes } from './sql/sum-scopes.js';

/** A period as it is compared: by which terms, in which buckets. */
export interface ComparedBy {
  version: VersionInForce;
  grid: BucketGrid;
}

export interface PeriodReconciliation extends Reconciliation, ComparedBy {
  state: 'open' | 'closed';
}

/** What was settled for a bucket over all scopes; the index is its place in the period. */
export type SettledSample = Pick<ComparedBucket, 'direction' | 'index' | 'settledBytes'>;

/** A local day of a period, and what each flow carried in it; a flow without buckets is not there. */
export interface DailyTraffic {
  /** Such as 2026-10-31. */
  date: string;
  flows: Partial<Record<DaySum['direction'], Omit<DaySum, 'day' | 'direction'>>>;
}

/** What pricing a period needs of its comparison. */
export interface SettledPeriod extends Pick<Reconciliation, 'directions' | 'counts'>, ComparedBy {
  sums: ScopeSum[];
}

/** A period compared anew from its records as they were recorded at some time. */
export interface ReplayedPeriod extends SettledPeriod {
  samples: SettledSample[];
  agreed: AgreedBucket[];
  /** How many records counted, by reporter id. */
  recordCounts: Map<string, number>;
  /** What each reporter's customers were charged for, by reporter id; for that reporter's eyes alone. */
  customers: Map<string, CustomerUsage[]>;
}

const ROWS_A_PART = 5_000;

/**
 * The two sides' reports of a period, compared by the terms in force. How each bucket compares is kept up by the
 * database as reports come in; here it is added up and read.
 */
@Injectable()
export class ReconciliationService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly traffic: TrafficService,
  ) {}

  onModuleInit(): void {
    this.agreements.observeVersions(async (tx, { id }, { effectiveFrom }) => {
      const agreed = (await listAgreedPeriods(tx, id)).findLast((period) => period >= effectiveFrom);
      if (!agreed) return;
      throw reconciliationProblems.terms_in_agreed_period(
        `The parties agreed on bytes of ${agreed}, which other terms might cut into other buckets; start after it.`,
      );
    });
  }

  /**
   * Fixes what buckets carried, for good. The caller holds the agreement's clock. Throws `bucket_agreed` when
   * one of them is fixed already.
   */
  async agree(tx: Transaction, on: AgreementOnBytes, buckets: readonly AgreedBytes[]): Promise<void> {
    if ((await insertAgreedBytes(tx, on, buckets)) < buckets.length) {
      throw reconciliationProblems.bucket_agreed(
        'The parties have agreed on the bytes of one of these buckets before; that holds for good.',
      );
    }
    const agreement = await this.agreements.findById(tx, on.agreementId);
    const { terms } = await this.agreements.versionFor(tx, agreement, on.period);
    await setAgreedBytes(tx, on, buckets, terms.reconciliation);
  }

  /** The comparison as of now, with its hints; of an open period, so far. Throws `agreement_not_in_force`. */
  async read(agreement: Agreement, period: string): Promise<PeriodReconciliation> {
    return this.database.snapshot(async (tx) => {
      const by = await this.comparedBy(tx, agreement, period);
      const of = { agreementId: agreement.id, period };
      const [sums, found] = await this.database.within(agreement.id, async () => [
        await sumScopes(tx, of),
        await listSuspects(tx, of),
      ]);
      const suspects = found.map((row) => toBucket(row, by.grid));
      const bounds = { start: by.grid.starts[0]!, end: by.grid.end };
      const closed = await this.traffic.isClosed(tx, agreement.id, period);
      const compared = reconciliationOf(sums, suspects, by.version.terms.reconciliation, bounds);
      return { ...compared, ...by, state: closed ? 'closed' : 'open' };
    });
  }

  /** What a period's buckets come to by scope, without hints, inside the caller's transaction. */
  async settled(db: Queryable, agreement: Agreement, period: string): Promise<SettledPeriod> {
    const by = await this.comparedBy(db, agreement, period);
    const of = { agreementId: agreement.id, period };
    const sums = await this.database.within(agreement.id, () => sumScopes(db, of));
    return { ...by, sums, directions: directionTotals(sums), counts: statusCounts(sums) };
  }

  /** What was settled bucket by bucket: what a percentile is taken of. */
  async samples(
    db: Queryable,
    agreementId: string,
    period: string,
    grid: BucketGrid,
  ): Promise<SettledSample[]> {
    const rows = await this.database.within(agreementId, () => sumBucketStarts(db, { agreementId, period }));
    return rows.map(({ direction, bucketStart, settledBytes }) => ({
      direction,
      index: bucketIndexAt(grid, bucketStart.getTime()),
      settledBytes: BigInt(settledBytes),
    }));
  }

  /** Those of the named buckets of a period that a party reported, or that have agreed bytes. */
  async find(
    db: Queryable,
    of: { agreementId: string; period: string },
    keys: readonly BucketKey[],
    grid: BucketGrid,
  ): Promise<ComparedBucket[]> {
    return (await findBuckets(db, of, keys)).map((row) => toBucket(row, grid));
  }

  /** Buckets of a period of which bytes were agreed after a figure of the agreement's clock, oldest first. */
  async agreedSince(
    db: Queryable,
    agreementId: string,
    period: string,
    { version, grid }: ComparedBy,
    after: bigint,
  ): Promise<AgreedBucket[]> {
    const { reconciliation } = version.terms;
    const rows = await listAgreedBuckets(db, { agreementId, period }, after);
    return rows.map((row) =>
      agreedBucket(toBucket(row, grid), reconciliation, {
        disputeId: row.disputeId,
        recorded: BigInt(row.recorded),
      }),
    );
  }

  /** Periods of which bytes were agreed after a figure of the agreement's clock. */
  async agreedPeriods(db: Queryable, agreementId: string, after: bigint): Promise<string[]> {
    return listAgreedPeriods(db, agreementId, after);
  }

  /**
   * A period as it was recorded when the agreement's clock showed a figure, compared anew from the records by the
   * rules, and by a version: nothing is read of what is kept up. What was agreed on counts as
   * corrections do. Inside a transaction.
   */
  async replay(tx: Queryable, agreement: Agreement, replay: Replay): Promise<ReplayedPeriod> {
    const { period, version, recorded } = replay;
    const rules = version.terms.reconciliation;
    const grid = bucketGrid(period, rules.bucket, agreement.timezone);
    const { buckets: usage, ...counted } = await this.traffic.replay(tx, agreement, replay);
    const fixed = await readAgreedBytes(tx, agreement.id, period, recorded.correctedUpTo ?? recorded.upTo);
    const measured = withAgreedBytes(pairSides(usage, grid), fixed, grid);
    const { buckets, directions, counts } = reconcile(measured, rules, {
      start: grid.starts[0]!,
      end: grid.end,
    });
    const byName = new Map(buckets.map((bucket) => [bucketName(bucket), bucket]));
    const agreed = fixed.map((each) => agreedBucket(byName.get(bucketName(each))!, rules, each));
    return {
      version,
      grid,
      sums: scopeSums(buckets),
      directions,
      counts,
      samples: buckets,
      agreed,
      ...counted,
    };
  }

  /** A period day by day, in its zone, of buckets that are not longer than days. */
  async daily(db: Queryable, agreement: Agreement, period: string): Promise<DailyTraffic[]> {
    const days = daysOf(period, agreement.timezone);
    const traffic: DailyTraffic[] = days.map(({ date }) => ({ date, flows: {} }));
    const starts = days.map(({ start }) => new Date(start));
    for (const { day, direction, ...sum } of await sumDays(
      db,
      { agreementId: agreement.id, period },
      starts,
    )) {
      traffic[day]!.flows[direction] = sum;
    }
    return traffic;
  }

  /** A period's buckets by direction, start and scope, after a position. */
  async buckets(
    agreement: Agreement,
    period: string,
    filter: BucketFilter,
    after: BucketPosition | null,
    limit: number,
  ): Promise<ComparedBy & { buckets: ComparedBucket[] }> {
    return this.list(agreement, period, (db, of) => listBuckets(db, of, filter, after, limit));
  }

  /** All of a period's buckets as CSV, read as they are sent. Throws before the first part. */
  async bucketsCsv(agreement: Agreement, period: string, filter: BucketFilter): Promise<Readable> {
    const first = await this.buckets(agreement, period, filter, null, ROWS_A_PART);
    const parts = async function* (this: ReconciliationService): AsyncGenerator<string> {
      let { buckets } = first;
      for (let header = true; ; header = false) {
        const rows = buckets.map((bucket) => ({ bucket }));
        yield bucketsCsv(rows, { header });
        if (buckets.length < ROWS_A_PART) return;
        const after = positionOf(buckets.at(-1)!);
        ({ buckets } = await this.buckets(agreement, period, filter, after, ROWS_A_PART));
      }
    };
    return Readable.from(keepTenant(parts.call(this)));
  }

  /** A period's discrepancies, largest first, after a position. */
  async discrepancies(
    agreement: Agreement,
    period: string,
    after: DiscrepancyPosition | null,
    limit: number,
  ): Promise<ComparedBy & { buckets: ComparedBucket[] }> {
    return this.list(agreement, period, (db, of) => listDiscrepancies(db, of, after, limit));
  }

  private async list(
    agreement: Agreement,
    period: string,
    rowsOf: (db: Queryable, of: { agreementId: string; period: string }) => Promise<BucketRow[]>,
  ): Promise<ComparedBy & { buckets: ComparedBucket[] }> {
    return this.database.snapshot(async (tx) => {
      const by = await this.comparedBy(tx, agreement, period);
      const of = { agreementId: agreement.id, period };
      const rows = await this.database.within(agreement.id, () => rowsOf(tx, of));
      return { ...by, buckets: rows.map((row) => toBucket(row, by.grid)) };
    });
  }

  private async comparedBy(db: Queryable, agreement: Agreement, period: string): Promise<ComparedBy> {
    const version = await this.agreements.versionFor(db, agreement, period);
    const { bucket } = version.terms.reconciliation;
    return { version, grid: bucketGrid(period, bucket, agreement.timezone) };
  }
}
