import type { FlowDirection } from '../../agreements/index.js';
import type { Queryable } from '../../platform/database/index.js';

/** That something changed a period after its issue, and what. */
export interface LateUsage {
  period: string;
  direction: FlowDirection;
  /** Records that came late, records that were corrected, or a price for what had none. */
  cause: 'late' | 'correction' | 'price';
}

/** What changed issued periods after a figure of the agreement's clock. */
export async function listLateUsage(db: Queryable, agreementId: string, after: bigint): Promise<LateUsage[]> {
  return db.query<LateUsage>(
    `SELECT DISTINCT period, direction, cause
       FROM late_usage
      WHERE agreement_id = $1 AND recorded > $2
      ORDER BY period, direction, cause`,
    [agreementId, after],
  );
}
