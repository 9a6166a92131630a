import type { Queryable } from '../../platform/database/index.js';

/** The agreement's periods whose statement is issued, ascending. */
export async function listClosedPeriods(db: Queryable, agreementId: string): Promise<string[]> {
  const rows = await db.query<{ period: string }>(
    `SELECT period FROM closed_periods WHERE agreement_id = $1 ORDER BY period`,
    [agreementId],
  );
  return rows.map(({ period }) => period);
}
