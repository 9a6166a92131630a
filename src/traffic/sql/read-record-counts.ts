import type { Queryable } from '../../platform/database/index.js';

/** How many records of each reporter count in a period, by reporter id. */
export async function readRecordCounts(
  db: Queryable,
  agreementId: string,
  period: string,
): Promise<Map<string, number>> {
  const rows = await db.query<{ reporterId: string; records: string }>(
    `SELECT reporter_id AS "reporterId", records FROM usage_periods WHERE agreement_id = $1 AND period = $2`,
    [agreementId, period],
  );
  return new Map(rows.map(({ reporterId, records }) => [reporterId, Number(records)]));
}
