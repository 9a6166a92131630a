import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Agreement, Terms } from '../agreements/index.js';
import { formatAmount } from '../money/index.js';
import { Database } from '../platform/database/index.js';
import {
  bucketsCsv,
  discrepancyPositionOf,
  ReconciliationService,
  type ComparedBucket,
  type DiscrepancyPosition,
} from '../reconciliation/index.js';
import { CompositionService } from './composition.service.js';
import { moneyAtStake } from './rules/money-at-stake.js';

/** A bucket whose sides differ, and what that is about in money. */
export interface Discrepancy {
  bucket: ComparedBucket;
  /** Minor units, never negative. */
  amountAtStake: bigint;
}

const ROWS_A_PART = 1_000;

/** Lists what the two sides of a period do not agree on, with the money that hangs on it. */
@Injectable()
export class DiscrepanciesService {
  constructor(
    private readonly database: Database,
    private readonly composition: CompositionService,
    private readonly reconciliation: ReconciliationService,
  ) {}

  /** A period's discrepancies, largest first, after a position; of an open period, so far. */
  async list(
    agreement: Agreement,
    period: string,
    after: DiscrepancyPosition | null,
    limit: number,
  ): Promise<{ rows: Discrepancy[]; terms: Terms }> {
    return this.database.snapshot(async (tx) => {
      const { version, buckets } = await this.reconciliation.discrepancies(agreement, period, after, limit);
      const { terms } = version;
      if (buckets.length === 0) return { rows: [], terms };
      const settled = await this.reconciliation.settled(tx, agreement, period);
      const usage = await this.composition.usage(tx, agreement, period, settled, terms);
      const stakeOf = moneyAtStake({ usage, terms, currency: agreement.currency });
      return { rows: buckets.map((bucket) => ({ bucket, amountAtStake: stakeOf(bucket) })), terms };
    });
  }

  /** All of them as CSV, read as they are sent. Throws before the first part where no terms govern the period. */
  async csv(agreement: Agreement, period: string): Promise<Readable> {
    const first = await this.list(agreement, period, null, ROWS_A_PART);
    const { currency } = agreement;
    const parts = async function* (this: DiscrepanciesService): AsyncGenerator<string> {
      let { rows } = first;
      for (let header = true; ; header = false) {
        const shown = rows.map(({ bucket, amountAtStake }) => ({
          bucket,
          more: { amountAtStake: formatAmount(amountAtStake, currency), currency },
        }));
        yield bucketsCsv(shown, { header, further: ['amountAtStake', 'currency'] });
        if (rows.length < ROWS_A_PART) return;
        const after = discrepancyPositionOf(rows.at(-1)!.bucket);
        ({ rows } = await this.list(agreement, period, after, ROWS_A_PART));
      }
    };
    return Readable.from(parts.call(this));
  }
}
