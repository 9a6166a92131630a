import type { Queryable } from '../../platform/database/index.js';

export interface DisputeCounts {
  open: number;
  resolved: number;
}

/** How many disputes of a statement are open, and how many were resolved. */
export async function countDisputes(
  db: Queryable,
  agreementId: string,
  statementId: string,
): Promise<DisputeCounts> {
  const [row] = await db.query<DisputeCounts>(
    `SELECT count(*) FILTER (WHERE state IN ('raised', 'proposed', 'escalated'))::integer AS open,
            count(*) FILTER (WHERE state = 'resolved')::integer AS resolved
       FROM disputes
      WHERE agreement_id = $1 AND statement_id = $2`,
    [agreementId, statementId],
  );
  return row!;
}
