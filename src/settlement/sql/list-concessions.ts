import type { FlowDirection, Side } from '../../agreements/index.js';
import type { Queryable } from '../../platform/database/index.js';
import type { ConcededMoney } from '../rules/adjustments.js';

/** What was conceded after a figure of the agreement's clock, up to another if one is given. */
export async function listConcessions(
  db: Queryable,
  agreementId: string,
  after: bigint,
  upTo: bigint | null,
): Promise<ConcededMoney[]> {
  const rows = await db.query<{
    disputeId: string;
    period: string;
    direction: FlowDirection | null;
    payer: Side;
    amount: string;
  }>(
    `SELECT dispute_id AS "disputeId", period, direction, payer, amount
       FROM concessions
      WHERE agreement_id = $1 AND recorded > $2 AND ($3::bigint IS NULL OR recorded <= $3)
      ORDER BY recorded, dispute_id`,
    [agreementId, after, upTo],
  );
  return rows.map((row) => ({ ...row, amount: BigInt(row.amount) }));
}
