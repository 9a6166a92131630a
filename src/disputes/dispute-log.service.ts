import { Injectable } from '@nestjs/common';
import { AuditService, type AuditEvent } from '../access/index.js';
import type { Agreement } from '../agreements/index.js';
import { Database, type Queryable, type Tenant } from '../platform/database/index.js';
import { missesStep, stepFaults, type LoggedStep, type StepFault } from './rules/said-step.js';
import { listDisputesWithSteps } from './sql/list-disputes-with-steps.js';
import { listSaidSteps } from './sql/list-said-steps.js';

/** Bounds what is held in memory: a dispute has some hundred steps at most, each with its evidence. */
const DISPUTES_A_READ = 10;

/** What came of holding the steps of a dispute against the audit log. */
export interface LoggedDispute {
  disputeId: string;
  steps: number;
  faults: StepFault[];
  /** Whether a step was logged that is not on record. */
  isShort: boolean;
}

/** Holds steps of disputes, with what was submitted and proposed in them, against the audit log. */
@Injectable()
export class DisputeLog {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /** Looks through all disputes of an agreement and names the first thing that is wrong. */
  async verify(agreement: Agreement): Promise<{ steps: number; problem: string | null }> {
    return this.database.snapshot(async (tx) => {
      const known = await this.database.actFor(partyOf(agreement), async () => [
        ...(await listDisputesWithSteps(tx, agreement.id)),
        ...(await this.audit.loggedDisputes(agreement.code)),
      ]);
      const ids = [...new Set(known)].sort();
      let steps = 0;
      for (let at = 0; at < ids.length; at += DISPUTES_A_READ) {
        for (const dispute of await this.read(tx, agreement, ids.slice(at, at + DISPUTES_A_READ))) {
          const problem = problemOf(dispute);
          if (problem) return { steps, problem };
          steps += dispute.steps;
        }
      }
      return { steps, problem: null };
    });
  }

  /** Holds the steps of some disputes of an agreement against the log. Inside a snapshot. */
  async read(db: Queryable, agreement: Agreement, ids: readonly string[]): Promise<LoggedDispute[]> {
    if (ids.length === 0) return [];
    // Events are seen by whom they concern, which each party of the agreement is.
    return this.database.actFor(partyOf(agreement), async () => {
      const said = await listSaidSteps(db, agreement.id, ids);
      const events = await this.audit.eventsOfDisputes(agreement.code, ids);
      return ids.map((disputeId) => {
        const steps = said.filter((step) => step.disputeId === disputeId);
        const logged = (events.get(disputeId) ?? []).map(loggedStep);
        const [faults, isShort] = [stepFaults(steps, logged), missesStep(steps, logged)];
        return { disputeId, steps: steps.length, faults, isShort };
      });
    });
  }
}

function partyOf({ id: agreementId, partyA }: Agreement): Tenant {
  return { kind: 'party', providerId: partyA.id, agreementId };
}

function loggedStep({ action, after }: AuditEvent): LoggedStep {
  return { action, step: (after?.['step'] as LoggedStep['step'] | undefined) ?? null };
}

function problemOf({ disputeId, faults: [fault], isShort }: LoggedDispute): string | null {
  if (fault) {
    const what =
      fault.logged === null
        ? 'the audit log has no such step'
        : 'what is stored of it is not what the audit log has the hash of';
    return `dispute ${disputeId}, step ${fault.position}: ${what}`;
  }
  return isShort ? `dispute ${disputeId}: a step that the audit log has is missing` : null;
}
