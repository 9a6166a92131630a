import type { Queryable } from '../../platform/database/index.js';
import { CLAIM_COLUMNS, CLAIM_TABLES, toClaim, type ClaimRow, type OpenClaim } from './claim-row.js';

/** What open disputes contest of lines, in the order in which they were raised. */
export async function listOpenClaims(db: Queryable, lineIds: readonly string[]): Promise<OpenClaim[]> {
  if (lineIds.length === 0) return [];
  const rows = await db.query<ClaimRow>(
    `SELECT ${CLAIM_COLUMNS}
       FROM ${CLAIM_TABLES}
      WHERE l.line_id = ANY ($1::uuid[]) AND d.state IN ('raised', 'proposed', 'escalated')
      ORDER BY d.raised_at, d.id`,
    [lineIds],
  );
  return rows.map(toClaim);
}
