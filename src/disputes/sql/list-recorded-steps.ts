import type { Side } from '../../agreements/index.js';
import type { Queryable } from '../../platform/database/index.js';
import type { RecordedStep } from '../rules/record-faults.js';

type Row = Omit<RecordedStep, 'recorded' | 'withheldBefore' | 'withheldAfter'> & {
  disputeId: string;
  recorded: string;
  withheldBefore: string;
  withheldAfter: string;
};

/**
 * All steps up to a figure of the agreement's clock of the disputes that took one after another figure, by dispute
 * and in their order.
 */
export async function listRecordedSteps(
  db: Queryable,
  agreementId: string,
  { after, upTo }: { after: bigint; upTo: bigint },
): Promise<(RecordedStep & { disputeId: string; by: Side | null })[]> {
  const rows = await db.query<Row>(
    `SELECT s.dispute_id AS "disputeId", s.position, s.id, s.kind, s.taken_at AS "takenAt", s.recorded,
            CASE s.provider_id WHEN a.party_a_id THEN 'A' WHEN a.party_b_id THEN 'B' END AS by,
            s.from_state AS "fromState", s.to_state AS "toState", s.withheld_before AS "withheldBefore",
            s.withheld_after AS "withheldAfter", s.resolution
       FROM dispute_steps s JOIN agreements a ON a.id = s.agreement_id
      WHERE s.agreement_id = $1 AND s.recorded <= $3
        AND s.dispute_id IN (SELECT dispute_id FROM dispute_steps
                              WHERE agreement_id = $1 AND recorded > $2 AND recorded <= $3)
      ORDER BY s.dispute_id, s.position`,
    [agreementId, after, upTo],
  );
  return rows.map((row) => ({
    ...row,
    recorded: BigInt(row.recorded),
    withheldBefore: BigInt(row.withheldBefore),
    withheldAfter: BigInt(row.withheldAfter),
  }));
}
