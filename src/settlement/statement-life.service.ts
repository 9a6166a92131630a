import { Injectable, Logger } from '@nestjs/common';
import { AuditService } from '../access/index.js';
import { advanceClock, AgreementsService, concerning, lockClock } from '../agreements/index.js';
import type { Instant } from '../period/index.js';
import { Database, type Queryable, type Transaction } from '../platform/database/index.js';
import type { StatementDocument } from './rules/statement-document.js';
import { takeStep, type Standing, type StatementState, type StatementStep } from './rules/statement-state.js';
import { settlementProblems } from './settlement.errors.js';
import { findStatement } from './sql/find-statement.js';
import { listCharges, type StatementCharges } from './sql/list-charges.js';
import { insertStep } from './sql/insert-step.js';
import { listAcceptanceDue, type DueStatement } from './sql/list-acceptance-due.js';
import { setStatementState } from './sql/set-statement-state.js';
import type { StatementRow } from './sql/statement-row.js';

/** A step as it is asked for: what, when, and for a statement made void why. */
export interface StepRequest {
  step: StatementStep;
  at: Instant;
  reason?: string;
  /** Sees the statement before anything changes, and throws to refuse; what changes nothing needs none. */
  check?: (seen: StatementRow) => Promise<void>;
}

/**
 * Rooms above hear of every step that changed something, inside its transaction and under the agreement's
 * clock: they bring their own figures in line, take a further step, or refuse it by throwing a Problem.
 */
export type StepObserver = (
  tx: Transaction,
  statement: StatementRow,
  taken: { step: StatementStep; from: StatementState; at: Instant },
) => Promise<void>;

const DUE_A_PAGE = 500;

/** Moves statements through their life. Nothing else changes a statement's state. */
@Injectable()
export class StatementLifeService {
  private readonly logger = new Logger(StatementLifeService.name);
  private readonly observers: StepObserver[] = [];

  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly audit: AuditService,
  ) {}

  /** Observers run in the order in which they registered. */
  observeSteps(observer: StepObserver): void {
    this.observers.push(observer);
  }

  /**
   * Takes a step inside the caller's transaction and gives the statement as it is then. It locks the
   * agreement's clock: a caller that posts to the ledger as well locks it before. Throws the Problem that
   * the rule names where the step cannot be taken; one that says nothing new changes nothing.
   */
  async take(
    tx: Transaction,
    statement: { agreementId: string; id: string },
    { step, at, reason, check }: StepRequest,
  ): Promise<StatementRow> {
    await lockClock(tx, statement.agreementId);
    const row = await this.find(tx, statement.id);
    const result = takeStep(standingOf(row), step, at);
    if ('state' in result && !result.isNew) return row;
    await check?.(row);
    if ('refused' in result) {
      const { number } = JSON.parse(row.document) as { number: string };
      throw settlementProblems[result.refused](REFUSALS[result.refused](number));
    }
    const agreement = await this.agreements.findById(tx, row.agreementId);
    const { partyA, partyB } = agreement;
    await insertStep(tx, row, {
      kind: step.kind,
      fromState: row.state,
      toState: result.state,
      takenAt: new Date(at),
      providerId: 'by' in step ? (step.by === 'A' ? partyA : partyB).id : null,
      reason: reason ?? null,
      recorded: step.kind === 'void' ? await advanceClock(tx, row.agreementId) : null,
    });
    await setStatementState(tx, row, result.state);
    this.audit.record(tx, {
      action: `statement.${step.kind}`,
      resource: { kind: 'statement', id: row.id },
      ...concerning(agreement),
      before: { state: row.state },
      after: { state: result.state, ...('by' in step && { by: step.by }), ...(reason && { reason }) },
    });
    const moved = await this.find(tx, row.id);
    for (const observer of this.observers) await observer(tx, moved, { step, from: row.state, at });
    return this.find(tx, row.id);
  }

  /** What an agreement's statements charge, oldest first: all that are not void, and the one with `alsoId`. */
  async charges(
    db: Queryable,
    agreementId: string,
    alsoId: string | null = null,
  ): Promise<StatementCharges[]> {
    return listCharges(db, agreementId, alsoId);
  }

  /** Takes silence for acceptance wherever the deadline has passed. Gives how many became accepted so. */
  async deemDue(now: Instant): Promise<number> {
    let deemed = 0;
    for (let after: DueStatement | null = null; ;) {
      const due: DueStatement[] = await listAcceptanceDue(this.database, new Date(now), after, DUE_A_PAGE);
      for (const statement of due) deemed += (await this.deem(statement, now)) ? 1 : 0;
      if (due.length < DUE_A_PAGE) return deemed;
      after = due.at(-1)!;
    }
  }

  /** One that fails holds up no other: it is tried again when the scheduler next looks. */
  private async deem(statement: DueStatement, now: Instant): Promise<boolean> {
    const request: StepRequest = { step: { kind: 'deem' }, at: now };
    try {
      const tenant = await this.agreements.tenantOf(statement.agreementId);
      const { state } = await this.database.transactionFor(tenant, (tx) => this.take(tx, statement, request));
      return state === 'deemed_accepted';
    } catch (error) {
      this.logger.error(error);
      return false;
    }
  }

  private async find(tx: Transaction, id: string): Promise<StatementRow> {
    const row = await findStatement(tx, id, null);
    if (!row) throw settlementProblems.statement_not_found('There is no such statement.');
    return row;
  }
}

function standingOf(row: StatementRow): Standing {
  const { partyA } = JSON.parse(row.document) as StatementDocument;
  const settled = row.steps.findLast(({ kind }) => kind === 'settle');
  return {
    state: row.state,
    acceptedBy: row.steps.flatMap(({ kind, party }) =>
      kind === 'accept' ? [party === partyA ? 'A' : 'B'] : [],
    ),
    acceptanceDue: row.acceptanceDue.getTime(),
    disputableUntil: row.disputableUntil.getTime(),
    settledFrom: row.state === 'settled' ? settled!.fromState : null,
  };
}

/** Why a step cannot be taken, in words. */
const REFUSALS = {
  statement_void: (number: string) => `${number} is void; use the statement that replaced it.`,
  statement_settled: (number: string) => `${number} is settled: its payment would have to be reversed first.`,
  statement_disputed: (number: string) => `${number} is disputed: its disputes have to end first.`,
  statement_not_disputed: (number: string) => `${number} is not disputed.`,
  statement_not_accepted: (number: string) => `${number} is not accepted yet.`,
  statement_not_settled: (number: string) => `${number} is not settled.`,
  accepted_by_party: (number: string) => `The party accepted ${number}, so it cannot dispute it.`,
  acceptance_not_due: (number: string) => `The time to accept ${number} is not over.`,
  dispute_window_over: (number: string) => `The time to dispute ${number} is over.`,
};
