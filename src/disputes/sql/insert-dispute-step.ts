import type { Transaction } from '../../platform/database/index.js';
import type { DisputeState } from '../rules/dispute-state.js';
import type { Evidence, RecordedResolution } from '../rules/evidence.js';

/** A step of a dispute as it goes on record. */
export interface NewDisputeStep {
  /** Names the step's postings in the ledger. */
  id: string;
  kind: 'raise' | 'propose' | 'consent' | 'withdraw' | 'escalate' | 'time_bar';
  /** Whose key did it; null for the scheduler. */
  by: { providerId: string; keyId: string } | null;
  takenAt: Date;
  /** The figure of the agreement's clock under which it is recorded. */
  recorded: bigint;
  fromState: DisputeState | null;
  toState: DisputeState;
  /** Minor units, of all lines that the dispute contests, without sign. */
  withheldBefore: bigint;
  withheldAfter: bigint;
  evidence: Evidence;
  resolution: RecordedResolution | null;
}

/** Adds the next step of a dispute. The caller holds the agreement's clock, so there are no gaps. */
export async function insertDisputeStep(
  tx: Transaction,
  dispute: { agreementId: string; id: string },
  step: NewDisputeStep,
): Promise<void> {
  await tx.query(
    `INSERT INTO dispute_steps (agreement_id, dispute_id, position, id, kind, provider_id, key_id, taken_at, recorded,
       from_state, to_state, withheld_before, withheld_after, evidence, resolution)
     SELECT $1::uuid, $2::uuid, 1 + count(*), $3::uuid, $4::text, $5::uuid, $6::uuid, $7::timestamptz, $8::bigint,
            $9::text, $10::text, $11::numeric, $12::numeric, $13::jsonb, $14::jsonb
       FROM dispute_steps
      WHERE agreement_id = $1 AND dispute_id = $2`,
    [
      dispute.agreementId,
      dispute.id,
      step.id,
      step.kind,
      step.by?.providerId ?? null,
      step.by?.keyId ?? null,
      step.takenAt,
      step.recorded,
      step.fromState,
      step.toState,
      step.withheldBefore,
      step.withheldAfter,
      JSON.stringify(step.evidence),
      step.resolution && JSON.stringify(step.resolution),
    ],
  );
}
