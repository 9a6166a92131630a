import type { Queryable } from '../../platform/database/index.js';
import type { DisputeState } from '../rules/dispute-state.js';
import type { Evidence, RecordedResolution } from '../rules/evidence.js';
import type { NewDisputeStep } from './insert-dispute-step.js';

/** A step of a dispute as it is on record. */
export interface DisputeStep {
  position: number;
  id: string;
  kind: NewDisputeStep['kind'];
  /** Code of the party; null for the scheduler. */
  by: string | null;
  keyId: string | null;
  takenAt: Date;
  fromState: DisputeState | null;
  toState: DisputeState;
  withheldBefore: string;
  withheldAfter: string;
  evidence: Evidence;
  resolution: RecordedResolution | null;
}

/** All that happened in a dispute, in order. */
export async function listDisputeSteps(
  db: Queryable,
  dispute: { agreementId: string; id: string },
): Promise<DisputeStep[]> {
  return db.query<DisputeStep>(
    `SELECT s.position, s.id, s.kind, p.code AS by, s.key_id AS "keyId", s.taken_at AS "takenAt",
            s.from_state AS "fromState", s.to_state AS "toState", s.withheld_before AS "withheldBefore",
            s.withheld_after AS "withheldAfter", s.evidence, s.resolution
       FROM dispute_steps s LEFT JOIN providers p ON p.id = s.provider_id
      WHERE s.agreement_id = $1 AND s.dispute_id = $2
      ORDER BY s.position`,
    [dispute.agreementId, dispute.id],
  );
}
