import type { Queryable } from '../../platform/database/index.js';

/** From when to when a reporter's batches report traffic; null where there is none. */
export async function findRecordSpan(
  db: Queryable,
  agreementId: string,
  reporterId: string,
): Promise<{ from: Date; to: Date } | null> {
  const [row] = await db.query<{ from: Date | null; to: Date | null }>(
    `SELECT min(earliest) AS "from", max(latest) AS "to" FROM batches WHERE agreement_id = $1 AND reporter_id = $2`,
    [agreementId, reporterId],
  );
  return row?.from && row.to ? { from: row.from, to: row.to } : null;
}
