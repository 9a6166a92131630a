import type { Queryable } from '../../platform/database/index.js';
import { CLAIM_COLUMNS, CLAIM_TABLES, toClaim, type ClaimRow, type OpenClaim } from './claim-row.js';

/** What open disputes contest of lines of agreements, in the order in which they were raised. */
export async function listOpenClaims(
  db: Queryable,
  agreementIds: readonly string[],
  lineIds: readonly string[],
): Promise<OpenClaim[]> {
  if (lineIds.length === 0) return [];
  const rows = await db.query<ClaimRow>(
    `SELECT ${CLAIM_COLUMNS}
       FROM ${CLAIM_TABLES}
      WHERE l.agreement_id = ANY ($1::uuid[]) AND l.line_id = ANY ($2::uuid[])
        AND d.state IN ('raised', 'proposed', 'escalated')
      ORDER BY d.raised_at, d.id`,
    [agreementIds, lineIds],
  );
  return rows.map(toClaim);
}
