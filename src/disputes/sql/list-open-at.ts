import type { OpenDispute } from '../../settlement/index.js';
import type { Queryable } from '../../platform/database/index.js';

/** What a statement says of an open dispute, but for what it withholds. */
export type DisputeAt = Omit<OpenDispute, 'withheldAmount'>;

/** An agreement's disputes that are open, or were at a figure of its clock, in the order in which they were raised. */
export async function listOpenAt(
  db: Queryable,
  agreementId: string,
  recordedUpTo: bigint | null,
): Promise<DisputeAt[]> {
  const rows = await db.query<Omit<DisputeAt, 'disputedAmount'> & { disputedAmount: string }>(
    `SELECT d.id, latest.to_state AS state, s.document::jsonb ->> 'number' AS statement, d.period, d.reason,
            p.code AS "raisedBy", abs(d.disputed_amount) AS "disputedAmount"
       FROM disputes d
       JOIN providers p ON p.id = d.raised_by
       LEFT JOIN statements s ON s.agreement_id = d.agreement_id AND s.id = d.statement_id
       JOIN LATERAL (
              SELECT step.to_state
                FROM dispute_steps step
               WHERE step.agreement_id = d.agreement_id AND step.dispute_id = d.id
                 AND ($2::bigint IS NULL OR step.recorded <= $2)
               ORDER BY step.position DESC
               LIMIT 1) latest ON true
      WHERE d.agreement_id = $1 AND latest.to_state IN ('raised', 'proposed', 'escalated')
      ORDER BY d.raised_at, d.id`,
    [agreementId, recordedUpTo],
  );
  return rows.map((row) => ({ ...row, disputedAmount: BigInt(row.disputedAmount) }));
}
