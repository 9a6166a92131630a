import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../access/index.js';
import {
  agreementProblems,
  AgreementsService,
  lockClock,
  sideOf,
  type Agreement,
} from '../agreements/index.js';
import type { Instant } from '../period/index.js';
import { Database, type Queryable, type Transaction } from '../platform/database/index.js';
import { isId } from '../platform/ids/index.js';
import { ReconciliationService } from '../reconciliation/index.js';
import {
  CompositionService,
  insertConcession,
  StatementLifeService,
  WithheldService,
  type OpenDispute,
} from '../settlement/index.js';
import { DisputeRecord, type TakenStep } from './dispute-record.service.js';
import { disputeProblems } from './disputes.errors.js';
import { ProposalService, type Proposal } from './proposal.service.js';
import {
  decide,
  OPEN_STATES,
  type Dispute,
  type DisputeCommand,
  type DisputeRefusal,
  type Resolution,
} from './rules/dispute-state.js';
import { NO_EVIDENCE, readResolution, recordResolution } from './rules/evidence.js';
import { withheldByDispute, withheldByLine } from './rules/withheld.js';
import { countDisputes } from './sql/count-disputes.js';
import type { DisputeRow } from './sql/dispute-row.js';
import { findDispute } from './sql/find-dispute.js';
import { listClaimsOf } from './sql/list-claims-of.js';
import { listDisputes, type DisputeFilter } from './sql/list-disputes.js';
import { listDisputeSteps, type DisputeStep } from './sql/list-dispute-steps.js';
import { listOpenAt } from './sql/list-open-at.js';
import { listOpenClaims } from './sql/list-open-claims.js';
import { setDisputeState } from './sql/set-dispute-state.js';

/** A dispute with what it withholds now, in minor units without sign. */
export interface StandingDispute {
  dispute: DisputeRow;
  withheld: bigint;
}

/** The same with all that happened in it. */
export interface DisputeOnRecord extends StandingDispute {
  steps: DisputeStep[];
}

/** What a party does to a dispute that is raised. */
export type DisputeRequest = { kind: 'consent' | 'withdraw' | 'escalate' } | ({ kind: 'propose' } & Proposal);

/** Called with the dispute as it is under the lock, before anything changes; throws to refuse. */
export type CheckBefore = (seen: DisputeOnRecord) => void;

/** Disputes for whoever may read them, and the steps that they take after they were raised. */
@Injectable()
export class DisputesService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly composition: CompositionService,
    private readonly life: StatementLifeService,
    private readonly proposals: ProposalService,
    private readonly reconciliation: ReconciliationService,
    private readonly record: DisputeRecord,
    private readonly withheld: WithheldService,
  ) {}

  onModuleInit(): void {
    this.composition.provideOpenDisputes(openDisputesAt);
    this.withheld.provide(async (statements) => {
      const agreementIds = [...new Set(statements.map(({ agreementId }) => agreementId))];
      const lineIds = statements.flatMap((statement) => statement.lineIds);
      const claims = await listOpenClaims(this.database, agreementIds, lineIds);
      const amounts = withheldByLine(claims);
      return new Map(
        claims.map(({ lineId, payer }) => [lineId, { payer, amount: amounts.get(lineId)! }] as const),
      );
    });
  }

  /** The caller's disputes, latest first, before the one with `beforeId`. */
  async list(
    caller: Caller,
    filter: Omit<DisputeFilter, 'agreementIds'>,
    beforeId: string | null,
    limit: number,
  ): Promise<StandingDispute[]> {
    return this.database.snapshot(async (tx) => {
      const partyId = partyIdOf(caller);
      const agreementIds = partyId === null ? null : await this.agreements.idsOf(tx, partyId);
      const rows = await listDisputes(tx, { ...filter, agreementIds }, beforeId, limit);
      return withWithheld(tx, rows);
    });
  }

  /** The caller's dispute. A stranger's is not found, like one that does not exist. */
  async find(caller: Caller, id: string): Promise<DisputeOnRecord> {
    return this.database.snapshot(async (tx) => {
      const dispute = isId(id) ? await findDispute(tx, id, partyIdOf(caller)) : undefined;
      if (!dispute) throw disputeProblems.dispute_not_found('There is no such dispute.');
      return onRecord(tx, dispute);
    });
  }

  /**
   * Takes a party's step. What it has done already, in the same words, changes nothing and needs no `check`.
   * Throws what the rule of the dispute's life refuses.
   */
  async take(
    caller: Caller,
    id: string,
    request: DisputeRequest,
    now: Instant,
    check: CheckBefore,
  ): Promise<DisputeOnRecord> {
    const { dispute: found } = await this.find(caller, id);
    if (caller.kind !== 'provider') {
      throw agreementProblems.not_a_party('Only the parties, each with its own key, settle a dispute.');
    }
    // What it withholds or frees is posted in both books.
    const tenant = await this.agreements.tenantOf(found.agreementId);
    return this.database.transactionFor(tenant, async (tx) => {
      await lockClock(tx, found.agreementId);
      const agreement = await this.agreements.findById(tx, found.agreementId);
      const seen = await onRecord(tx, (await findDispute(tx, id, null))!);
      const side = { by: sideOf(agreement, caller.providerId)!, at: now };
      const by = { providerId: caller.providerId, keyId: caller.keyId };
      if (request.kind !== 'propose') {
        await this.apply(tx, agreement, seen, { kind: request.kind, ...side }, { by, check });
      } else {
        const { command, evidence } = await this.proposals.read(tx, agreement, seen, request, side);
        await this.apply(tx, agreement, seen, command, { by, check, evidence });
      }
      return onRecord(tx, (await findDispute(tx, id, null))!);
    });
  }

  /** Ends a dispute whose time is over; gives whether it was. */
  async timeBar({ agreementId, id }: { agreementId: string; id: string }, now: Instant): Promise<boolean> {
    const tenant = await this.agreements.tenantOf(agreementId);
    return this.database.transactionFor(tenant, async (tx) => {
      await lockClock(tx, agreementId);
      const agreement = await this.agreements.findById(tx, agreementId);
      const seen = await onRecord(tx, (await findDispute(tx, id, null))!);
      return this.apply(tx, agreement, seen, { kind: 'time_bar', at: now }, { by: null });
    });
  }

  private async apply(
    tx: Transaction,
    agreement: Agreement,
    seen: DisputeOnRecord,
    command: DisputeCommand,
    {
      by,
      check,
      evidence = NO_EVIDENCE,
    }: Pick<TakenStep, 'by'> & Partial<Pick<TakenStep, 'evidence'>> & { check?: CheckBefore },
  ): Promise<boolean> {
    const { dispute } = seen;
    const result = decide(stateOf(seen), command);
    if ('unchanged' in result) return false;
    check?.(seen);
    if ('refused' in result) throw disputeProblems[result.refused](REFUSALS[result.refused]);
    const { changed, resolution } = result;
    const said = command.kind === 'propose' ? command.resolution : resolution;
    const step = this.record.log(
      tx,
      agreement,
      dispute.id,
      {
        kind: command.kind,
        by,
        at: command.at,
        fromState: dispute.state,
        toState: changed.state,
        evidence,
        resolution: said && recordResolution(said),
      },
      { before: { state: dispute.state }, after: { state: changed.state } },
    );
    await this.record.put(
      tx,
      agreement,
      { id: dispute.id, lineIds: dispute.contestedLineIds },
      step,
      async (recorded) => {
        const lapsesAt = changed.lapsesAt === null ? null : new Date(changed.lapsesAt);
        await setDisputeState(tx, dispute, changed.state, lapsesAt);
        if (resolution) await this.carryOut(tx, dispute, resolution, recorded);
      },
    );
    if (!OPEN_STATES.includes(changed.state)) await this.freeStatement(tx, dispute, command.at);
    return true;
  }

  /** Bytes are fixed for good, and money goes on the next statement; what is issued stays as it is. */
  private async carryOut(
    tx: Transaction,
    { id: disputeId, agreementId, period, direction, payer, disputedAmount }: DisputeRow,
    resolution: Resolution,
    recorded: bigint,
  ): Promise<void> {
    if (resolution.kind === 'bytes') {
      await this.reconciliation.agree(tx, { agreementId, period, disputeId, recorded }, resolution.buckets);
    } else if (resolution.kind === 'amount') {
      const amount = BigInt(disputedAmount) < 0n ? -resolution.amount : resolution.amount;
      await insertConcession(tx, { agreementId, disputeId, period, direction, payer, amount, recorded });
    }
  }

  /** With its last dispute a statement is accepted, or what it would be if none had been resolved. */
  private async freeStatement(tx: Transaction, dispute: DisputeRow, at: Instant): Promise<void> {
    const { agreementId, statementId } = dispute;
    if (statementId === null) return;
    const { open, resolved } = await countDisputes(tx, agreementId, statementId);
    if (open > 0) return;
    const kind = resolved > 0 ? 'resolve' : 'withdraw';
    await this.life.take(tx, { agreementId, id: statementId }, { step: { kind }, at });
  }
}

const REFUSALS: Record<DisputeRefusal, string> = {
  dispute_closed: 'The dispute has ended; nothing changes it any more.',
  dispute_lapsed: 'Nobody moved while there was time, so the dispute is time-barred.',
  no_proposal: 'Neither party has proposed how to settle the dispute, so there is nothing to consent to.',
  own_proposal: 'The latest proposal is the caller’s own; only the other party can consent to it.',
  not_the_raiser: 'Only the party that raised the dispute withdraws it.',
};

/** A dispute with its record, for whoever holds the row. */
export async function onRecord(db: Queryable, dispute: DisputeRow): Promise<DisputeOnRecord> {
  const [standing] = await withWithheld(db, [dispute]);
  return { ...standing!, steps: await listDisputeSteps(db, dispute) };
}

async function withWithheld(db: Queryable, disputes: readonly DisputeRow[]): Promise<StandingDispute[]> {
  const claims = await listOpenClaims(
    db,
    [...new Set(disputes.map(({ agreementId }) => agreementId))],
    disputes.flatMap(({ contestedLineIds }) => contestedLineIds),
  );
  const withheld = withheldByDispute(claims);
  return disputes.map((dispute) => ({ dispute, withheld: withheld.get(dispute.id) ?? 0n }));
}

/** What statements say of the disputes that are open, or were at a figure of the agreement's clock. */
async function openDisputesAt(
  db: Queryable,
  agreementId: string,
  recordedUpTo: bigint | null,
): Promise<OpenDispute[]> {
  const open = await listOpenAt(db, agreementId, recordedUpTo);
  const ids = open.map(({ id }) => id);
  const withheld = withheldByDispute(await listClaimsOf(db, agreementId, ids));
  return open.map((dispute) => ({ ...dispute, withheldAmount: withheld.get(dispute.id) ?? 0n }));
}

function stateOf({ dispute, steps }: DisputeOnRecord): Dispute {
  const proposal = latestProposal(steps);
  return {
    state: dispute.state,
    raisedBy: dispute.raisedBy,
    proposal: proposal && {
      by: proposal.by === dispute.partyA ? 'A' : 'B',
      resolution: readResolution(proposal.resolution!),
    },
    lapsesAt: dispute.lapsesAt?.getTime() ?? null,
  };
}

/** The step of the proposal that stands, or null. */
export function latestProposal(steps: readonly DisputeStep[]): DisputeStep | null {
  return steps.findLast(({ kind }) => kind === 'propose') ?? null;
}

export function partyIdOf(caller: Caller): string | null {
  return caller.kind === 'provider' ? caller.providerId : null;
}
