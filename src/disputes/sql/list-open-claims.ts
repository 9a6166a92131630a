import type { Side } from '../../agreements/index.js';
import type { Queryable } from '../../platform/database/index.js';
import type { LineClaim } from '../rules/withheld.js';

/** A claim that is open, and who pays the line. */
export interface OpenClaim extends LineClaim {
  payer: Side;
}

interface Row {
  disputeId: string;
  lineId: string;
  payer: Side;
  charged: string;
  contested: string;
  about: LineClaim['about'];
}

/** What open disputes contest of lines, in the order in which they were raised. */
export async function listOpenClaims(db: Queryable, lineIds: readonly string[]): Promise<OpenClaim[]> {
  if (lineIds.length === 0) return [];
  const rows = await db.query<Row>(
    `SELECT l.dispute_id AS "disputeId", l.line_id AS "lineId", l.payer, l.charged, l.amount AS contested,
            CASE WHEN d.line_id IS NULL THEN 'bucket' ELSE 'line' END AS about
       FROM disputed_lines l
       JOIN disputes d ON d.agreement_id = l.agreement_id AND d.id = l.dispute_id
      WHERE l.line_id = ANY ($1::uuid[]) AND d.state IN ('raised', 'proposed', 'escalated')
      ORDER BY d.raised_at, d.id`,
    [lineIds],
  );
  return rows.map((row) => ({ ...row, charged: BigInt(row.charged), contested: BigInt(row.contested) }));
}
