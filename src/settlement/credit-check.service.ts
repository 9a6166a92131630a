import { Injectable } from '@nestjs/common';
import type { Agreement } from '../agreements/index.js';
import { formatAmount } from '../money/index.js';
import type { Queryable } from '../platform/database/index.js';
import type { PartyCredits } from './credits.service.js';
import { HistoryService } from './history.service.js';
import { givenDifferences, type ComputedGiven, type StoredGiven } from './rules/credit-differences.js';
import { NAMED_MAX, type DocumentDifference } from './rules/document-differences.js';
import { unequal } from './rules/history-faults.js';
import { listCredits } from './sql/list-credits.js';
import { listShares } from './sql/list-shares.js';
import type { StatementRow } from './sql/statement-row.js';

const CREDITS_A_PAGE = 5_000;

/** Holds a statement's stored credits against what they are when they are computed again. */
@Injectable()
export class CreditCheckService {
  constructor(private readonly history: HistoryService) {}

  /** The first places where a party's credits, its shares without a customer, or its book are something else. */
  async differences(
    db: Queryable,
    agreement: Agreement,
    statement: StatementRow,
    { providerId, currency, credits, withoutCustomer }: PartyCredits,
  ): Promise<DocumentDifference[]> {
    const owner = { agreementId: agreement.id, statementId: statement.id, providerId };
    const found: DocumentDifference[] = [];
    const compare = (
      pointer: string,
      stored: readonly StoredGiven[],
      computed: readonly ComputedGiven[],
      from: number,
      isLast: boolean,
    ): number => {
      const end = stored.at(-1)?.position ?? from - 1;
      const to = isLast ? Math.max(end, computed.length) : end;
      found.push(...givenDifferences(pointer, stored, computed, { currency, from, to }));
      return to;
    };
    for (let after = 0, isLast = false; !isLast && found.length < NAMED_MAX;) {
      const page = await listCredits(db, owner, after, CREDITS_A_PAGE);
      isLast = page.length < CREDITS_A_PAGE;
      after = compare('/credits', page, credits, after + 1, isLast);
    }
    compare('/withoutCustomer', await listShares(db, owner), withoutCustomer, 1, true);
    const source = { sourceKind: 'credit', sourceId: statement.id };
    const taken = (await this.history.taken(agreement, [source]))(source, providerId);
    const total = credits.reduce((sum, { amount }) => sum + (amount ?? 0n), 0n);
    const [posted, computed] = [taken?.customerCredits ?? 0n, total];
    found.push(...unequal('/posted', formatAmount(posted, currency), formatAmount(computed, currency)));
    return found.slice(0, NAMED_MAX);
  }
}
