import { Injectable } from '@nestjs/common';
import { AgreementsService, type Agreement, type VersionInForce } from '../agreements/index.js';
import { bucketEndAt, bucketGrid, bucketIndexAt } from '../period/index.js';
import { Database, type Queryable } from '../platform/database/index.js';
import { TrafficService } from '../traffic/index.js';
import type { MeasuredBucket } from './rules/compare-bucket.js';
import { reconcile, type Reconciliation } from './rules/reconcile.js';

export interface PeriodReconciliation extends Reconciliation {
  version: VersionInForce;
  state: 'open' | 'closed';
}

/** The two sides' reports of a period, compared by the terms in force. Nothing is stored: it is recomputed. */
@Injectable()
export class ReconciliationService {
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly traffic: TrafficService,
  ) {}

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
    const closed = await this.traffic.isClosed(db, agreement.id, period);
    const bounds = { start: grid.starts[0]!, end: grid.end };
    return { ...reconcile(measured, rules, bounds), version, state: closed ? 'closed' : 'open' };
  }
}
