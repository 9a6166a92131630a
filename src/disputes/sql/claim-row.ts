import type { Side } from '../../agreements/index.js';
import type { LineClaim } from '../rules/withheld.js';

/** A claim, and who pays the line. */
export interface OpenClaim extends LineClaim {
  payer: Side;
}

/** A claim as PostgreSQL gives it. */
export interface ClaimRow extends Omit<OpenClaim, 'charged' | 'contested'> {
  charged: string;
  contested: string;
}

/** Columns that make a {@link ClaimRow}; expects {@link CLAIM_TABLES}. */
export const CLAIM_COLUMNS = `
  l.dispute_id AS "disputeId", l.line_id AS "lineId", l.payer, l.charged, l.amount AS contested,
  CASE WHEN d.line_id IS NULL THEN 'bucket' ELSE 'line' END AS about`;

export const CLAIM_TABLES = `
  disputed_lines l
  JOIN disputes d ON d.agreement_id = l.agreement_id AND d.id = l.dispute_id`;

export function toClaim(row: ClaimRow): OpenClaim {
  return { ...row, charged: BigInt(row.charged), contested: BigInt(row.contested) };
}
