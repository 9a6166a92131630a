import { Injectable } from '@nestjs/common';
import { AuditService, type AuditState } from '../access/index.js';
import { advanceClock, concerning, type Agreement } from '../agreements/index.js';
import { DISPUTE_STEP, disputePostings, LedgerService } from '../ledger/index.js';
import type { Instant } from '../period/index.js';
import type { Transaction } from '../platform/database/index.js';
import { newId } from '../platform/ids/index.js';
import { stepSha256 } from './rules/said-step.js';
import { withheldByDispute, withheldChanges } from './rules/withheld.js';
import { insertDisputeStep, type NewDisputeStep } from './sql/insert-dispute-step.js';
import type { OpenClaim } from './sql/claim-row.js';
import { listOpenClaims } from './sql/list-open-claims.js';

/** A step as it is taken; what it withholds is found out when it goes on record. */
export type TakenStep = Pick<
  NewDisputeStep,
  'id' | 'kind' | 'by' | 'fromState' | 'toState' | 'evidence' | 'resolution'
> & { at: Instant };

/** Puts steps of disputes on record, and moves in the books what they withhold or give back. */
@Injectable()
export class DisputeRecord {
  constructor(
    private readonly audit: AuditService,
    private readonly ledger: LedgerService,
  ) {}

  /**
   * Logs a step with its hash, before anything else that its transaction logs, and gives it with the id under which
   * it is then put on record.
   */
  log(
    tx: Transaction,
    agreement: Agreement,
    disputeId: string,
    taken: Omit<TakenStep, 'id'>,
    { before, after }: { before?: AuditState; after: AuditState },
  ): TakenStep {
    const step = { ...taken, id: newId() };
    const { partyA, partyB, currency } = agreement;
    const by = [partyA, partyB].find(({ id }) => id === step.by?.providerId)?.code ?? null;
    const said = {
      ...step,
      disputeId,
      by,
      keyId: step.by?.keyId ?? null,
      takenAt: new Date(step.at),
      currency,
    };
    this.audit.record(tx, {
      action: `dispute.${step.kind}`,
      resource: { kind: 'dispute', id: disputeId },
      ...concerning(agreement),
      ...(before && { before }),
      after: { ...after, step: { id: step.id, sha256: stepSha256(said) } },
    });
    return step;
  }

  /**
   * Runs `apply`, which stores what a step that was logged makes of the dispute under the given figure of the agreement's
   * clock, and records and posts the difference that it makes. The caller holds the agreement's clock.
   */
  async put(
    tx: Transaction,
    agreement: Agreement,
    dispute: { id: string; lineIds: readonly string[] },
    { at, ...step }: TakenStep,
    apply: (recorded: bigint) => Promise<void>,
  ): Promise<void> {
    const before = await listOpenClaims(tx, [agreement.id], dispute.lineIds);
    const recorded = await advanceClock(tx, agreement.id);
    await apply(recorded);
    const after = await listOpenClaims(tx, [agreement.id], dispute.lineIds);
    await insertDisputeStep(
      tx,
      { agreementId: agreement.id, id: dispute.id },
      {
        ...step,
        takenAt: new Date(at),
        recorded,
        withheldBefore: total(before),
        withheldAfter: total(after),
      },
    );
    const changes = withheldChanges(before, after);
    if (changes.length === 0) return;
    const payers = new Map([...before, ...after].map(({ lineId, payer }) => [lineId, payer]));
    const { partyA, partyB, currency } = agreement;
    await this.ledger.post({
      agreementId: agreement.id,
      sourceKind: DISPUTE_STEP,
      sourceId: step.id,
      effectiveAt: at,
      books: disputePostings(
        changes.map(({ lineId, amount }) => {
          const [payer, payee] = payers.get(lineId) === 'A' ? [partyA, partyB] : [partyB, partyA];
          return { payer: payer.id, payee: payee.id, amount, currency, disputeId: dispute.id };
        }),
      ),
    });
  }
}

function total(claims: readonly OpenClaim[]): bigint {
  return [...withheldByDispute(claims).values()].reduce((sum, amount) => sum + amount, 0n);
}
