import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../access/index.js';
import {
  agreementProblems,
  AgreementsService,
  lockClock,
  sideOf,
  type Agreement,
} from '../agreements/index.js';
import { LedgerService } from '../ledger/index.js';
import type { Instant } from '../period/index.js';
import { Database, type Queryable } from '../platform/database/index.js';
import { isId } from '../platform/ids/index.js';
import { ProvidersService, type Provider } from '../providers/index.js';
import { CustomersService } from '../traffic/index.js';
import { CompositionService } from './composition.service.js';
import { creditView, type CreditView } from './rules/credit-view.js';
import { statementDocument, type StatementDocument } from './rules/statement-document.js';
import { settlementProblems } from './settlement.errors.js';
import { SignaturesService } from './signatures.service.js';
import { findStatementOfPeriod } from './sql/find-statement-of-period.js';
import { findStatement } from './sql/find-statement.js';
import { listCredits, type CreditRow } from './sql/list-credits.js';
import { listStatements, type StatementFilter } from './sql/list-statements.js';
import type { StatementRow } from './sql/statement-row.js';
import { sumCreditsBySide, type CreditSum } from './sql/sum-credits-by-side.js';
import { sumCredits, type CreditTotals } from './sql/sum-credits.js';
import { sumSavings, type Saving } from './sql/sum-savings.js';
import { StatementLifeService } from './statement-life.service.js';
import { WithheldService, type StandingStatementRow } from './withheld.service.js';

/** So few that what a page leaves behind is collected young: larger ones took more memory and were no faster. */
const CREDITS_A_PAGE = 50;

/** Issued statements and what goes with them, for whoever may read them. */
@Injectable()
export class StatementsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly composition: CompositionService,
    private readonly customers: CustomersService,
    private readonly ledger: LedgerService,
    private readonly life: StatementLifeService,
    private readonly providers: ProvidersService,
    private readonly signatures: SignaturesService,
    private readonly withheld: WithheldService,
  ) {}

  onModuleInit(): void {
    this.ledger.provideAgreementCodes(this.agreements);
  }

  async list(
    caller: Caller,
    filter: Omit<StatementFilter, 'partyId'>,
    beforeId: string | null,
    limit: number,
  ): Promise<StandingStatementRow[]> {
    const wanted = { ...filter, partyId: partyIdOf(caller) };
    return this.database.snapshot(async (tx) =>
      this.withheld.of(await listStatements(tx, wanted, beforeId, limit)),
    );
  }

  /** The caller's statement. A stranger's is not found, like one that does not exist. */
  async find(caller: Caller, id: string): Promise<StatementRow> {
    const statement = isId(id) ? await findStatement(this.database, id, partyIdOf(caller)) : undefined;
    if (!statement) throw settlementProblems.statement_not_found('There is no such statement.');
    return statement;
  }

  /** The same, with what open disputes keep back of it. */
  async standing(caller: Caller, id: string): Promise<StandingStatementRow> {
    return this.database.snapshot(async () => this.withheld.ofOne(await this.find(caller, id)));
  }

  /** The statement that stands for a period. */
  async ofPeriod(db: Queryable, agreementId: string, period: string): Promise<StatementRow | undefined> {
    return findStatementOfPeriod(db, agreementId, period);
  }

  /**
   * Accepts the caller's statement for the caller, with its signature where it gives one. `check` sees it under
   * the lock, before anything changes; a caller that has accepted it needs none.
   */
  async accept(
    caller: Caller,
    id: string,
    { now, signature }: { now: Instant; signature: string | null },
    check: (seen: StandingStatementRow) => void,
  ): Promise<StandingStatementRow> {
    const statement = await this.find(caller, id);
    if (caller.kind !== 'provider') {
      throw agreementProblems.not_a_party('Only the parties, each with its own key, accept a statement.');
    }
    // What is accepted may be paid already, which both books say.
    const tenant = await this.agreements.tenantOf(statement.agreementId);
    return this.database.transactionFor(tenant, async (tx) => {
      await lockClock(tx, statement.agreementId);
      const agreement = await this.agreements.findById(tx, statement.agreementId);
      const by = sideOf(agreement, caller.providerId)!;
      const accepted = await this.life.take(tx, statement, {
        step: { kind: 'accept', by },
        at: now,
        check: async (row) => check(await this.withheld.ofOne(row)),
      });
      if (signature !== null) {
        const signer = { providerId: caller.providerId, agreement };
        await this.signatures.countersign(tx, accepted, signer, signature, new Date(now));
      }
      return this.withheld.ofOne(accepted);
    });
  }

  /** The statement with this id, for work that nobody in particular asked for. */
  async get(id: string): Promise<StatementRow> {
    const statement = await findStatement(this.database, id, null);
    if (!statement) throw settlementProblems.statement_not_found('There is no such statement.');
    return statement;
  }

  /** The statement and the provider that asks, which alone may see its credits. */
  async ofProvider(caller: Caller, id: string): Promise<{ statement: StatementRow; provider: Provider }> {
    const statement = await this.find(caller, id);
    if (caller.kind !== 'provider') {
      throw agreementProblems.not_a_party(
        'Credits are shown to the provider whose customers get them, and to nobody else.',
      );
    }
    return { statement, provider: (await this.providers.findById(caller.providerId))! };
  }

  /** A provider's own credits, after a position, as they were stored at the issue. */
  async credits(
    statement: StatementRow,
    providerId: string,
    afterPosition: number,
    limit: number,
  ): Promise<CreditRow[]> {
    const owner = { agreementId: statement.agreementId, statementId: statement.id, providerId };
    return listCredits(this.database, owner, afterPosition, limit);
  }

  /** The same for the provider's own eyes: with its references in the place of pseudonyms. */
  async namedCredits(...of: Parameters<StatementsService['credits']>): Promise<CreditRow[]> {
    const [, providerId] = of;
    return this.customers.named(this.database, providerId, await this.credits(...of));
  }

  async creditTotals(statement: StatementRow, providerId: string): Promise<CreditTotals> {
    return sumCredits(this.database, {
      agreementId: statement.agreementId,
      statementId: statement.id,
      providerId,
    });
  }

  /** A provider's own credits as the ledger books them: by direction and side. */
  async creditSums(statement: StatementRow, providerId: string): Promise<CreditSum[]> {
    const sums = await sumCreditsBySide(this.database, statement);
    return sums.filter((sum) => sum.providerId === providerId);
  }

  /** What a provider's customers saved under the agreement up to this statement, by currency. */
  async savings({ agreementId, sequence }: StatementRow, providerId: string): Promise<Saving[]> {
    return sumSavings(this.database, { agreementId, providerId, upToSequence: sequence });
  }

  /** All of a provider's own credits in pages, read as they are taken. */
  async *creditPages(statement: StatementRow, provider: Provider): AsyncGenerator<CreditView[]> {
    for (let after = 0; ;) {
      const rows = await this.credits(statement, provider.id, after, CREDITS_A_PAGE);
      yield rows.map((row) => creditView(row, provider.code));
      if (rows.length < CREDITS_A_PAGE) return;
      after = rows.at(-1)!.position;
    }
  }

  /** What the period's statement would say if it were issued now. */
  async preview(agreement: Agreement, period: string, now: Instant): Promise<StatementDocument> {
    return this.database.snapshot(async (tx) =>
      statementDocument(await this.composition.statement(tx, agreement, period, now)),
    );
  }
}

function partyIdOf(caller: Caller): string | null {
  return caller.kind === 'provider' ? caller.providerId : null;
}
