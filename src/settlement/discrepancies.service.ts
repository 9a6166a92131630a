import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { Agreement, Terms } from '../agreements/index.js';
import { formatAmount } from '../money/index.js';
import { Database, keepTenant } from '../platform/database/index.js';
import { bucketsCsv, ReconciliationService, type DiscrepancyPosition } from '../reconciliation/index.js';
import { CompositionService } from './composition.service.js';
import { moneyAtStake } from './rules/money-at-stake.js';
import {
  afterPosition,
  rankDiscrepancies,
  rankedPositionOf,
  UNRANKED,
  type Discrepancy,
  type RankedPosition,
} from './rules/rank-discrepancies.js';

/** What comes first in a list of discrepancies: most money at stake, or most bytes. */
export const DISCREPANCY_SORTS = ['money', 'bytes'] as const;
export type DiscrepancySort = (typeof DISCREPANCY_SORTS)[number];

/** A part of a list. */
export interface DiscrepancyPart {
  sort: DiscrepancySort;
  after: RankedPosition | null;
  limit: number;
}

/** A discrepancy as it is listed, and where the list goes on after it. */
export interface ListedDiscrepancy extends Discrepancy {
  position: RankedPosition;
}

/**
 * So many are ranked by money, those with the most bytes: money at stake is computed, one period's rating for each
 * figure. Whatever more there are come after them by bytes.
 */
export const RANKED_MAX = 10_000;
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
    { sort, after, limit }: DiscrepancyPart,
  ): Promise<{ rows: ListedDiscrepancy[]; terms: Terms }> {
    return this.database.snapshot(async (tx) => {
      const settled = await this.reconciliation.settled(tx, agreement, period);
      const { terms } = settled.version;
      const usage = await this.composition.usage(tx, agreement, period, settled, terms);
      const stakeOf = moneyAtStake({ usage, terms, currency: agreement.currency });
      const byBytes = async (from: DiscrepancyPosition | null, count: number): Promise<Discrepancy[]> => {
        const { buckets } = await this.reconciliation.discrepancies(agreement, period, from, count);
        return buckets.map((bucket) => ({ bucket, amountAtStake: stakeOf(bucket) }));
      };
      if (sort === 'bytes' || after?.[0] === UNRANKED) {
        const rest = await byBytes(after && bytesPosition(after), limit);
        return { rows: rest.map(unranked), terms };
      }
      const most = await byBytes(null, RANKED_MAX);
      const ranked = rankDiscrepancies(most);
      const rows = (after ? afterPosition(ranked, after) : ranked).slice(0, limit);
      const listed = rows.map((row) => ({ ...row, position: rankedPositionOf(row) }));
      if (rows.length === limit || most.length < RANKED_MAX) return { rows: listed, terms };
      const rest = await byBytes(bytesPosition(rankedPositionOf(most.at(-1)!)), limit - rows.length);
      return { rows: [...listed, ...rest.map(unranked)], terms };
    });
  }

  /** All of them as CSV, read as they are sent. Throws before the first part where no terms govern the period. */
  async csv(agreement: Agreement, period: string, sort: DiscrepancySort): Promise<Readable> {
    const first = await this.list(agreement, period, { sort, after: null, limit: RANKED_MAX });
    const { currency } = agreement;
    const parts = async function* (this: DiscrepanciesService): AsyncGenerator<string> {
      let { rows } = first;
      let limit = RANKED_MAX;
      for (let header = true; ; header = false) {
        const shown = rows.map(({ bucket, amountAtStake }) => ({
          bucket,
          more: { amountAtStake: formatAmount(amountAtStake, currency), currency },
        }));
        yield bucketsCsv(shown, { header, further: ['amountAtStake', 'currency'] });
        if (rows.length < limit) return;
        limit = ROWS_A_PART;
        ({ rows } = await this.list(agreement, period, { sort, after: rows.at(-1)!.position, limit }));
      }
    };
    return Readable.from(keepTenant(parts.call(this)));
  }
}

function unranked(row: Discrepancy): ListedDiscrepancy {
  return { ...row, position: [UNRANKED, ...bytesPosition(rankedPositionOf(row))] };
}

function bytesPosition([, ...position]: RankedPosition): DiscrepancyPosition {
  return position;
}
