import { Injectable } from '@nestjs/common';
import { AgreementsService, lockClock, type Agreement } from '../agreements/index.js';
import { creditPostings, issuePostings, LedgerService } from '../ledger/index.js';
import { parseAmount } from '../money/index.js';
import type { Instant } from '../period/index.js';
import { Database, type Transaction } from '../platform/database/index.js';
import { TrafficService } from '../traffic/index.js';
import { CloseService } from './close.service.js';
import type { StatementDocument } from './rules/statement-document.js';
import { settlementProblems } from './settlement.errors.js';
import { findLatestStanding } from './sql/find-latest-standing.js';
import { findStatement } from './sql/find-statement.js';
import type { StatementRow } from './sql/statement-row.js';
import { sumCreditsBySide } from './sql/sum-credits-by-side.js';
import { StatementLifeService } from './statement-life.service.js';
import { WithheldService, type StandingStatementRow } from './withheld.service.js';

/** Makes a statement void and has its period issued anew, under the next number. */
@Injectable()
export class VoidService {
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly closing: CloseService,
    private readonly ledger: LedgerService,
    private readonly life: StatementLifeService,
    private readonly traffic: TrafficService,
    private readonly withheld: WithheldService,
  ) {}

  /**
   * Makes the agreement's latest statement void: its postings are reversed, its number stays taken, its period
   * is open again, and a job is asked for that issues it anew. Throws where it is not the latest, is paid, or
   * is disputed. `check` sees the statement under the lock, before anything changes; a void one needs none.
   */
  async makeVoid(
    { agreementId, id }: StatementRow,
    reason: string,
    now: Instant,
    check: (seen: StandingStatementRow) => void,
  ): Promise<{ statement: StandingStatementRow; jobId: string | null }> {
    const tenant = await this.agreements.tenantOf(agreementId);
    return this.database.transactionFor(tenant, async (tx) => {
      await lockClock(tx, agreementId);
      const statement = await this.withheld.ofOne((await findStatement(tx, id, null))!);
      if (statement.state === 'void') return { statement, jobId: null };
      check(statement);
      const latest = await findLatestStanding(tx, agreementId);
      if (latest?.id !== id) {
        throw settlementProblems.statement_not_latest(
          `Only the agreement's latest statement can be made void, which is ${latest?.number}.`,
        );
      }
      const taken = await this.life.take(tx, statement, { step: { kind: 'void' }, at: now, reason });
      const agreement = await this.agreements.findById(tx, agreementId);
      await this.traffic.reopenPeriod(tx, agreement.id, statement.period);
      const { job } = await this.closing.enqueue(tx, agreement, statement.period);
      await this.reverse(tx, agreement, taken, now);
      return { statement: await this.withheld.ofOne(taken), jobId: job.id };
    });
  }

  /** What was posted at the issue, the other way round: entries are never taken back (section 11). */
  private async reverse(
    tx: Transaction,
    agreement: Agreement,
    statement: StatementRow,
    now: Instant,
  ): Promise<void> {
    const { lines, currency } = JSON.parse(statement.document) as StatementDocument;
    const { partyA, partyB } = agreement;
    const providerId = (code: string): string => (code === partyA.code ? partyA : partyB).id;
    const source = { agreementId: agreement.id, sourceId: statement.id, effectiveAt: now };
    await this.ledger.post({
      ...source,
      sourceKind: 'statement_void',
      books: issuePostings({
        currency,
        lines: lines.map(({ payer, payee, amount }, index) => ({
          id: statement.lineIds[index]!,
          payer: providerId(payer),
          payee: providerId(payee),
          amount: -parseAmount(amount, currency),
        })),
      }),
    });
    const sums = await sumCreditsBySide(tx, statement);
    await this.ledger.post({
      ...source,
      sourceKind: 'credit_void',
      books: [partyA, partyB].map(({ id }) =>
        creditPostings({
          bookId: id,
          counterpartyId: (id === partyA.id ? partyB : partyA).id,
          credits: sums
            .filter((sum) => sum.providerId === id)
            .map((sum) => ({ ...sum, amount: -BigInt(sum.amount) })),
        }),
      ),
    });
  }
}
