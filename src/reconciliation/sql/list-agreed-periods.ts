import type { Queryable } from '../../platform/database/index.js';

/** Periods of which bytes are agreed, ascending. */
export async function listAgreedPeriods(db: Queryable, agreementId: string): Promise<string[]> {
  const rows = await db.query<{ period: string }>(
    `SELECT DISTINCT period FROM agreed_bytes WHERE agreement_id = $1 ORDER BY period`,
    [agreementId],
  );
  return rows.map(({ period }) => period);
}
