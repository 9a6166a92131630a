import { Injectable } from '@nestjs/common';
import { AuditService, type Caller } from '../access/index.js';
import {
  advanceClock,
  AgreementsService,
  bothParties,
  concerning,
  lockClock,
  type Agreement,
  type VersionInForce,
} from '../agreements/index.js';
import { JobsService, type EnqueuedJob, type JobRow } from '../jobs/index.js';
import { creditPostings, issuePostings, LedgerService } from '../ledger/index.js';
import { cutOffOf, formatInstant, periodBounds, type Instant } from '../period/index.js';
import { Database, type Queryable, type Transaction } from '../platform/database/index.js';
import { newId } from '../platform/ids/index.js';
import { TrafficService } from '../traffic/index.js';
import { CompositionService } from './composition.service.js';
import { CreditsService, type PartyCredits } from './credits.service.js';
import { closingPeriod, duePeriods } from './rules/due-periods.js';
import { issuedStatement, type IssuedStatement } from './rules/issued-statement.js';
import { isAfterEnd } from './rules/period-facts.js';
import {
  closingBalance,
  sealStatement,
  statementDocument,
  type StatementInput,
} from './rules/statement-document.js';
import { settlementProblems } from './settlement.errors.js';
import { SignaturesService } from './signatures.service.js';
import { findStatementOfPeriod } from './sql/find-statement-of-period.js';
import { insertStatement } from './sql/insert-statement.js';
import { listAutoClosing } from './sql/list-auto-closing.js';

/** The kind of job that closes a period; its subject is `<agreement id>/<period>`. */
export const CLOSE_PERIOD = 'close_period';

/** An issued statement, as far as whoever closed the period is concerned. */
export interface ClosedPeriod {
  statementId: string;
  number: string;
  /** False when the period had been closed before. */
  issued: boolean;
}

/** A statement at the moment of its issue. */
export interface Issue {
  agreement: Agreement;
  statement: IssuedStatement;
}

/** Rooms above hear of an issue inside its transaction: what they do for it is done with it or not at all. */
export type IssueObserver = (tx: Transaction, issue: Issue) => Promise<void>;

const AGREEMENTS_A_PAGE = 500;
/** The scheduler leaves a period alone for a while after its close failed; a request does not wait. */
const RETRY_AFTER_MS = 10 * 60_000;

/** Closes periods: issues the statement, gives the credits, posts both, all in one transaction. */
@Injectable()
export class CloseService {
  private readonly observers: IssueObserver[] = [];

  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly audit: AuditService,
    private readonly composition: CompositionService,
    private readonly credits: CreditsService,
    private readonly jobs: JobsService,
    private readonly ledger: LedgerService,
    private readonly signatures: SignaturesService,
    private readonly traffic: TrafficService,
  ) {}

  /** Observers run in the order in which they registered, when all of the statement is posted. */
  observeIssues(observer: IssueObserver): void {
    this.observers.push(observer);
  }

  /** Asks for a period to be closed: the operator once it has ended, a party from its cut-off on. */
  async request(caller: Caller, agreement: Agreement, period: string, now: Instant): Promise<JobRow> {
    const version = await this.composition.governing(this.database, agreement, period);
    refuseEarly(agreement, period, version, now, caller.kind === 'operator');
    await this.refuseNothingLeft(this.database, agreement, period);
    return this.database.transaction(async (tx) => {
      const { job, isNew } = await this.enqueue(tx, agreement, period);
      if (isNew) {
        this.audit.record(tx, {
          action: 'period.request_close',
          resource: { kind: 'period', id: `${agreement.code}/${period}` },
          ...concerning(agreement),
          after: { job: job.id },
        });
      }
      return job;
    });
  }

  /** Asks for the earliest period of each agreement whose cut-off has passed to be closed. Gives how many. */
  async requestDue(now: Instant): Promise<number> {
    let requested = 0;
    for (let after: string | null = null; ;) {
      const ids: string[] = await listAutoClosing(this.database, after, AGREEMENTS_A_PAGE);
      for (const id of ids) {
        const agreement = await this.agreements.findById(this.database, id);
        const isRequested = await this.database.actFor(bothParties(agreement), () =>
          this.requestDueOf(agreement, now),
        );
        if (isRequested) requested += 1;
      }
      if (ids.length < AGREEMENTS_A_PAGE) return requested;
      after = ids.at(-1)!;
    }
  }

  /**
   * Closes a period, or finds it closed: however often and wherever this runs, one statement comes of it.
   * The agreement's clock is held from the first statement to the last, so nothing is recorded meanwhile.
   */
  async close(agreementId: string, period: string, now: Instant): Promise<ClosedPeriod> {
    return this.database.transaction(async (tx) => {
      await lockClock(tx, agreementId);
      const existing = await findStatementOfPeriod(tx, agreementId, period);
      if (existing) {
        const { number } = JSON.parse(existing.document) as { number: string };
        return { statementId: existing.id, number, issued: false };
      }
      const agreement = await this.agreements.findById(tx, agreementId);
      refuseEarly(agreement, period, await this.composition.governing(tx, agreement, period), now, true);
      await this.refuseNothingLeft(tx, agreement, period);
      return this.issue(tx, await this.composition.statement(tx, agreement, period, now));
    });
  }

  private async issue(tx: Transaction, input: StatementInput): Promise<ClosedPeriod> {
    const { agreement, period, issuedAt } = input;
    const document = statementDocument(input);
    const sealed = sealStatement(document);
    const identity = { id: newId(), lineIds: document.lines.map(() => newId()), sha256: sealed.sha256 };
    await insertStatement(tx, {
      ...identity,
      agreementId: agreement.id,
      sequence: input.sequence,
      period,
      issuedAt: new Date(issuedAt),
      eventUpTo: new Date(document.periodEnd),
      recordedUpTo: await advanceClock(tx, agreement.id),
      document: sealed.text,
      closingBalance: closingBalance(input),
      acceptanceDue: new Date(document.acceptanceDue),
      disputableUntil: new Date(document.disputableUntil),
    });
    const statement = issuedStatement(document, identity);
    this.audit.record(tx, {
      action: 'statement.issue',
      resource: { kind: 'statement', id: identity.id },
      ...concerning(agreement),
      after: { state: 'issued', number: document.number, period, sha256: sealed.sha256 },
    });
    const parties = await this.credits.give(tx, identity.id, input);
    await this.traffic.closePeriod(tx, agreement.id, period);
    await this.post(input, identity, parties);
    await this.signatures.signIssued(tx, agreement.id, statement);
    for (const observer of this.observers) await observer(tx, { agreement, statement });
    return { statementId: identity.id, number: document.number, issued: true };
  }

  /** Settlement and credits are two documents: the two money flows are never netted (section 1). */
  private async post(
    { agreement, rating, adjustments, issuedAt }: StatementInput,
    { id, lineIds }: { id: string; lineIds: readonly string[] },
    parties: readonly PartyCredits[],
  ): Promise<void> {
    const providerId = { A: agreement.partyA.id, B: agreement.partyB.id };
    const lines = [...rating.lines, ...adjustments].map(({ payer, payee, amount }, index) => {
      return { id: lineIds[index]!, payer: providerId[payer], payee: providerId[payee], amount };
    });
    const source = { agreementId: agreement.id, sourceId: id, effectiveAt: issuedAt };
    await this.ledger.post({
      ...source,
      sourceKind: 'statement',
      books: issuePostings({ lines, currency: agreement.currency }),
    });
    await this.ledger.post({
      ...source,
      sourceKind: 'credit',
      books: parties.map(({ providerId: bookId, counterpartyId, currency, credits }) => {
        const given = credits.flatMap(({ direction, side, amount }) =>
          amount === null ? [] : [{ direction, side, amount, currency }],
        );
        return creditPostings({ bookId, counterpartyId, credits: given });
      }),
    });
  }

  /** After an agreement's end a statement is issued only to carry what changed issued periods (section 9). */
  private async refuseNothingLeft(db: Queryable, agreement: Agreement, period: string): Promise<void> {
    if (!isAfterEnd(agreement, period)) return;
    if (!(await this.traffic.isClosed(db, agreement.id, agreement.lastPeriod!))) {
      throw settlementProblems.nothing_to_close(
        `The agreement ends with ${agreement.lastPeriod}, whose statement comes first.`,
      );
    }
    if (await this.isAnythingLeft(db, agreement)) return;
    throw settlementProblems.nothing_to_close(
      `The agreement ended with ${agreement.lastPeriod}, and nothing is left to be carried by a closing statement.`,
    );
  }

  private async isAnythingLeft(db: Queryable, agreement: Agreement): Promise<boolean> {
    const { adjustments, restated } = await this.composition.later(db, agreement);
    return adjustments.length > 0 || restated.length > 0;
  }

  /** One period at a time, so that statements follow in the order of their periods; a failed one holds none up. */
  private async requestDueOf(agreement: Agreement, now: Instant): Promise<boolean> {
    const { id: agreementId } = agreement;
    const versions = await this.agreements.versionsInForce(this.database, agreementId);
    const closed = await this.traffic.closedPeriods(this.database, agreementId);
    const due = duePeriods(versions, closed, agreement, now);
    const closing = closingPeriod(versions, closed, agreement, now);
    if (closing !== null && (await this.isAnythingLeft(this.database, agreement))) due.push(closing);
    for (const period of due) {
      const failed = await this.jobs.lastFailure(this.database, CLOSE_PERIOD, `${agreementId}/${period}`);
      if (failed && now - failed.getTime() < RETRY_AFTER_MS) continue;
      await this.database.transaction((tx) => this.enqueue(tx, agreement, period));
      return true;
    }
    return false;
  }

  /** Asks for a period to be closed, in the caller's transaction. */
  async enqueue(tx: Transaction, agreement: Agreement, period: string): Promise<EnqueuedJob> {
    const ownerIds = [agreement.partyA.id, agreement.partyB.id];
    return this.jobs.enqueue(tx, { kind: CLOSE_PERIOD, subject: `${agreement.id}/${period}`, ownerIds });
  }
}

function refuseEarly(
  { timezone }: Agreement,
  period: string,
  { terms }: VersionInForce,
  now: Instant,
  isOperator: boolean,
): void {
  const { end } = periodBounds(period, timezone);
  if (now < end) throw settlementProblems.period_not_ended(`${period} ends at ${formatInstant(end)}.`);
  const cutOff = cutOffOf(period, terms.days.cutOff, timezone);
  if (now < cutOff && !isOperator) {
    throw settlementProblems.before_cut_off(`A party may close ${period} from ${formatInstant(cutOff)} on.`);
  }
}
