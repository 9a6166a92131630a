import type { Queryable } from '../../platform/database/index.js';
import { CLAIM_COLUMNS, CLAIM_TABLES, toClaim, type ClaimRow, type OpenClaim } from './claim-row.js';

/** What disputes contest of lines, in the order in which they were raised. */
export async function listClaimsOf(
  db: Queryable,
  agreementId: string,
  disputeIds: readonly string[],
): Promise<OpenClaim[]> {
  if (disputeIds.length === 0) return [];
  const rows = await db.query<ClaimRow>(
    `SELECT ${CLAIM_COLUMNS}
       FROM ${CLAIM_TABLES}
      WHERE d.agreement_id = $1 AND d.id = ANY ($2::uuid[])
      ORDER BY d.raised_at, d.id`,
    [agreementId, disputeIds],
  );
  return rows.map(toClaim);
}
