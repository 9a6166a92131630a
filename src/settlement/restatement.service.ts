import { Injectable } from '@nestjs/common';
import { AgreementsService } from '../agreements/index.js';
import { Database } from '../platform/database/index.js';
import { rate } from '../rating/index.js';
import { CompositionService } from './composition.service.js';
import { issuedLines } from './rules/issued-lines.js';
import { isAfterEnd, usageOfFacts } from './rules/period-facts.js';
import { restatement, type Restatement } from './rules/restatement.js';
import { NOTHING_RATED, type StatementDocument } from './rules/statement-document.js';
import { listStanding } from './sql/list-standing.js';
import type { StatementRow } from './sql/statement-row.js';

/** Shows what issued periods would come to now. */
@Injectable()
export class RestatementService {
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly composition: CompositionService,
  ) {}

  /**
   * What a statement's period would come to with all that is known now, line by line beside what was issued for it.
   * A void statement is compared as it stood.
   */
  async restate(row: StatementRow): Promise<Restatement> {
    return this.database.snapshot(async (tx) => {
      const document = JSON.parse(row.document) as StatementDocument;
      const agreement = await this.agreements.findById(tx, row.agreementId);
      const version = await this.composition.governing(tx, agreement, row.period);
      const others = await listStanding(tx, agreement.id, null);
      const { own } = issuedLines([{ period: row.period, document }], row.period, agreement);
      const { adjusted } = issuedLines(others, row.period, agreement);
      const known = await this.composition.known(tx, agreement, row.period, version);
      const usage = usageOfFacts(known, version.terms);
      const rating = isAfterEnd(agreement, row.period)
        ? NOTHING_RATED
        : rate(version.terms, usage, agreement.currency);
      const { settledBytes } = usage;
      return restatement({ agreement, document, issued: own, adjusted, settledBytes, rating });
    });
  }
}
