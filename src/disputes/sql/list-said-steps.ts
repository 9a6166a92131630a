import type { Queryable } from '../../platform/database/index.js';
import type { SaidStep } from '../rules/said-step.js';

/** What was said in all steps of some disputes of an agreement, by dispute and in their order. */
export async function listSaidSteps(
  db: Queryable,
  agreementId: string,
  disputeIds: readonly string[],
): Promise<(SaidStep & { position: number })[]> {
  return db.query<SaidStep & { position: number }>(
    `SELECT s.dispute_id AS "disputeId", s.position, s.id, s.kind, p.code AS by, s.key_id AS "keyId",
            s.taken_at AS "takenAt", s.from_state AS "fromState", s.to_state AS "toState", s.evidence, s.resolution,
            a.currency
       FROM dispute_steps s
       JOIN agreements a ON a.id = s.agreement_id
       LEFT JOIN providers p ON p.id = s.provider_id
      WHERE s.agreement_id = $1 AND s.dispute_id = ANY ($2::uuid[])
      ORDER BY s.dispute_id, s.position`,
    [agreementId, disputeIds],
  );
}
