import type { Transaction } from '../../platform/database/index.js';
import type { Evidence } from '../rules/evidence.js';
import type { RecordedStep } from '../rules/record-faults.js';

/** A step of a dispute as it goes on record. */
export interface NewDisputeStep extends Omit<RecordedStep, 'position' | 'by'> {
  /** Whose key did it; null for the scheduler. */
  by: { providerId: string; keyId: string } | null;
  evidence: Evidence;
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
