import type { Queryable } from '../../platform/database/index.js';
import { BATCH_COLUMNS, type BatchRow } from './batch-row.js';

/** The reporter's batch that was sent with this idempotency key. */
export async function findBatchByKey(
  db: Queryable,
  agreementId: string,
  reporterId: string,
  idempotencyKey: string,
): Promise<BatchRow | undefined> {
  const [row] = await db.query<BatchRow>(
    `SELECT ${BATCH_COLUMNS}
       FROM batches b
      WHERE b.agreement_id = $1 AND b.reporter_id = $2 AND b.idempotency_key = $3`,
    [agreementId, reporterId, idempotencyKey],
  );
  return row;
}
