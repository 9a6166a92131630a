import { Injectable } from '@nestjs/common';
import { AuditService, type Caller } from '../access/index.js';
import { formatInstant, periodOf, type Instant } from '../period/index.js';
import { Database, type Transaction } from '../platform/database/index.js';
import { agreementProblems } from './agreements.errors.js';
import { AgreementsService } from './agreements.service.js';
import { concerning } from './rules/audited.js';
import type { AgreementRow } from './sql/agreement-row.js';
import { advanceTermsEpoch } from './sql/advance-terms-epoch.js';
import { lockClock } from './sql/lock-clock.js';
import { resumeAgreement } from './sql/resume-agreement.js';
import { setLastPeriod } from './sql/set-last-period.js';
import { suspendAgreement } from './sql/suspend-agreement.js';

/** Called with the agreement as it is under its lock, before anything changes; throws to refuse. */
export type CheckBefore = (agreement: AgreementRow) => void;

/** Suspends, resumes and ends agreements. Whoever did what is done already changes nothing. */
@Injectable()
export class AgreementLifeService {
  constructor(
    private readonly database: Database,
    private readonly agreements: AgreementsService,
    private readonly audit: AuditService,
  ) {}

  /** From now on, until it is resumed, traffic does not count under the agreement and is refused. */
  async suspend(caller: Caller, code: string, now: Instant, check: CheckBefore): Promise<AgreementRow> {
    return this.change('suspend', { caller, code, check }, async (tx, agreement) => {
      refuseTerminated(agreement, now);
      if (openSuspension(agreement)) return;
      const by = caller.kind === 'provider' ? caller.providerId : null;
      await suspendAgreement(tx, agreement.id, by, new Date(now));
    });
  }

  /** Lets traffic count again from now on. Only who suspended the agreement, or the operator, resumes it. */
  async resume(caller: Caller, code: string, now: Instant, check: CheckBefore): Promise<AgreementRow> {
    return this.change('resume', { caller, code, check }, async (tx, agreement) => {
      const suspension = openSuspension(agreement);
      if (!suspension) return;
      if (caller.kind === 'provider' && suspension.by !== caller.providerId) {
        throw agreementProblems.suspended_by_other(
          'Whoever suspended the agreement resumes it, or the operator.',
        );
      }
      await resumeAgreement(tx, agreement.id, new Date(now));
    });
  }

  /** Ends the agreement with a period that is not over yet, so that nobody loses what was reported. */
  async terminate(
    caller: Caller,
    code: string,
    lastPeriod: string,
    now: Instant,
    check: CheckBefore,
  ): Promise<AgreementRow> {
    return this.change('terminate', { caller, code, check }, async (tx, agreement) => {
      if (agreement.lastPeriod === lastPeriod) return;
      refuseTerminated(agreement, now);
      const current = periodOf(now, agreement.timezone);
      if (lastPeriod < current)
        throw invalidLastPeriod(`use ${current} or a later period: earlier ones are over`);
      if (agreement.lastPeriod !== null && lastPeriod > agreement.lastPeriod) {
        throw invalidLastPeriod(
          `use ${agreement.lastPeriod} or an earlier period: the end is set, make a new agreement`,
        );
      }
      await setLastPeriod(tx, agreement.id, lastPeriod);
    });
  }

  private async change(
    kind: 'suspend' | 'resume' | 'terminate',
    { caller, code, check }: { caller: Caller; code: string; check: CheckBefore },
    apply: (tx: Transaction, agreement: AgreementRow) => Promise<void>,
  ): Promise<AgreementRow> {
    const { id } = await this.agreements.find(caller, code);
    return this.database.transaction(async (tx) => {
      await lockClock(tx, id);
      const agreement = await this.agreements.findById(tx, id);
      check(agreement);
      await apply(tx, agreement);
      // Batches under way began with another state of things; they are told to come again.
      await advanceTermsEpoch(tx, id);
      const after = await this.agreements.findById(tx, id);
      this.record(tx, kind, agreement, after);
      return after;
    });
  }

  private record(tx: Transaction, kind: string, before: AgreementRow, after: AgreementRow): void {
    const stateOf = (agreement: AgreementRow) => ({
      suspended: openSuspension(agreement) !== undefined,
      lastPeriod: agreement.lastPeriod,
    });
    const states = { before: stateOf(before), after: stateOf(after) };
    if (JSON.stringify(states.before) === JSON.stringify(states.after)) return;
    this.audit.record(tx, {
      action: `agreement.${kind}`,
      resource: { kind: 'agreement', id: after.code },
      ...concerning(after),
      ...states,
    });
  }
}

function openSuspension({ suspensions }: AgreementRow): AgreementRow['suspensions'][number] | undefined {
  return suspensions.find(({ until }) => until === null);
}

function refuseTerminated(agreement: AgreementRow, now: Instant): void {
  const { lastPeriod, timezone } = agreement;
  if (lastPeriod === null || periodOf(now, timezone) <= lastPeriod) return;
  throw agreementProblems.agreement_terminated(
    `The agreement ended with ${lastPeriod}, before ${formatInstant(now)}.`,
  );
}

function invalidLastPeriod(detail: string): Error {
  return agreementProblems.invalid_agreement('The agreement cannot end with that period.', {
    errors: [{ pointer: '/lastPeriod', code: 'invalid_agreement', detail }],
  });
}
