import type { Queryable } from '../../platform/database/index.js';
import { BATCH_COLUMNS, type BatchRow } from './batch-row.js';

/** The reporter's own batch with this id. */
export async function findBatch(
  db: Queryable,
  agreementId: string,
  reporterId: string,
  id: string,
): Promise<BatchRow | undefined> {
  const [row] = await db.query<BatchRow>(
    `SELECT ${BATCH_COLUMNS} FROM batches b WHERE b.agreement_id = $1 AND b.reporter_id = $2 AND b.id = $3`,
    [agreementId, reporterId, id],
  );
  return row;
}
