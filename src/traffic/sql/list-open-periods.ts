import type { Queryable } from '../../platform/database/index.js';

/** Periods of an agreement that have records and no statement yet, ascending. */
export async function listOpenPeriods(db: Queryable, agreementId: string): Promise<string[]> {
  const rows = await db.query<{ period: string }>(
    `SELECT DISTINCT period FROM usage_periods
      WHERE agreement_id = $1
        AND period NOT IN (SELECT period FROM closed_periods WHERE agreement_id = $1)
      ORDER BY period`,
    [agreementId],
  );
  return rows.map(({ period }) => period);
}
