import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AgreementsService, type Agreement, type VersionInForce } from '../agreements/index.js';
import { bucketEndAt, bucketGrid, bucketIndexAt } from '../period/index.js';
import { Database, type Queryable, type Transaction } from '../platform/database/index.js';
import { TrafficService } from '../traffic/index.js';
import { reconciliationProblems } from './reconciliation.errors.js';
import { withAgreedBytes, type AgreedBytes } from './rules/agreed-bytes.js';
import type { MeasuredBucket } from './rules/compare-bucket.js';
import { reconcile, type Reconciliation } from './rules/reconcile.js';
import { insertAgreedBytes, type AgreementOnBytes } from './sql/insert-agreed-bytes.js';
import { listAgreedPeriods } from './sql/list-agreed-periods.js';
import { readAgreedBytes } from './sql/read-agreed-bytes.js';

export interface PeriodReconciliation extends Reconciliation {
  version: VersionInForce;
  state: 'open' | 'closed';
}

/**
 * The two sides' reports of a period, compared by the terms in force. The comparison is not stored but
 * recomputed; what is stored is the bytes that the parties agreed on.
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
    if ((await insertAgreedBytes(tx, on, buckets)) === buckets.length) return;
    throw reconciliationProblems.bucket_agreed(
      'The parties have agreed on the bytes of one of these buckets before; that holds for good.',
    );
  }

  /** The comparison as of now; of an open period, so far. Throws `agreement_not_in_force`. */
  async read(agreement: Agreement, period: string): Promise<PeriodReconciliation> {
    return this.database.snapshot((tx) => this.reconcile(tx, agreement, period));
  }

  /** The same inside the caller's transaction. */
  async reconcile(db: Queryable, agreement: Agreement, period: string): Promise<PeriodReconciliation> {
    const version = await this.agreements.versionFor(db, agreement, period);
    const rules = version.terms.reconciliation;
    const grid = bucketGrid(period, rules.bucket, agreement.timezone);
    const sides = await this.traffic.bucketSides(db, agreement.id, period);
    const measured = sides.map((row): MeasuredBucket => {
      const start = row.bucketStart.getTime();
      const index = bucketIndexAt(grid, start);
      const { direction, sourceRegion, destinationRegion, service } = row;
      return {
        direction,
        start,
        end: bucketEndAt(grid, index),
        index,
        scope: { sourceRegion, destinationRegion, service },
        senderBytes: row.senderBytes === null ? null : BigInt(row.senderBytes),
        receiverBytes: row.receiverBytes === null ? null : BigInt(row.receiverBytes),
      };
    });
    const buckets = withAgreedBytes(measured, await readAgreedBytes(db, agreement.id, period, null), grid);
    const closed = await this.traffic.isClosed(db, agreement.id, period);
    const bounds = { start: grid.starts[0]!, end: grid.end };
    return { ...reconcile(buckets, rules, bounds), version, state: closed ? 'closed' : 'open' };
  }
}
