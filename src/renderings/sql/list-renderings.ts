import type { Queryable } from '../../platform/database/index.js';
import type { StoredRendering } from './find-rendering.js';

/** A stored rendering with its kind and its statement's number. */
export interface ListedRendering extends StoredRendering {
  kind: string;
  statement: string;
}

/** An agreement's stored renderings in the order of their ids, after one. */
export async function listRenderings(
  db: Queryable,
  agreementId: string,
  afterId: string | null,
  limit: number,
): Promise<ListedRendering[]> {
  const rows = await db.query<Omit<ListedRendering, 'size'> & { size: string }>(
    `SELECT r.agreement_id AS "agreementId", r.id, r.sha256, r.size, r.kind, s.document::json ->> 'number' AS statement
       FROM statement_renderings r
       JOIN statements s ON s.agreement_id = r.agreement_id AND s.id = r.statement_id
      WHERE r.agreement_id = $1 AND ($2::uuid IS NULL OR r.id > $2)
      ORDER BY r.id
      LIMIT $3`,
    [agreementId, afterId, limit],
  );
  return rows.map((row) => ({ ...row, size: Number(row.size) }));
}
