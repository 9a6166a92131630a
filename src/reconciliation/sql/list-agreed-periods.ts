import type { Queryable } from '../../platform/database/index.js';

/** Periods of which bytes are agreed, ascending; with a figure of the agreement's clock, after it. */
export async function listAgreedPeriods(db: Queryable, agreementId: string, after = 0n): Promise<string[]> {
  const rows = await db.query<{ period: string }>(
    `SELECT DISTINCT period FROM agreed_bytes
      WHERE agreement_id = $1 AND recorded > $2
      ORDER BY period`,
    [agreementId, after],
  );
  return rows.map(({ period }) => period);
}
