import type { Queryable } from '../../platform/database/index.js';
import { BATCH_COLUMNS, type BatchRow } from './batch-row.js';

/** The reporter's own batches, latest first, before the one with `beforeId`. */
export async function listBatches(
  db: Queryable,
  agreementId: string,
  reporterId: string,
  beforeId: string | null,
  limit: number,
): Promise<BatchRow[]> {
  return db.query<BatchRow>(
    `SELECT ${BATCH_COLUMNS}
       FROM batches b
      WHERE b.agreement_id = $1 AND b.reporter_id = $2 AND ($3::uuid IS NULL OR b.id < $3)
      ORDER BY b.id DESC
      LIMIT $4`,
    [agreementId, reporterId, beforeId, limit],
  );
}
