import type { Transaction } from '../../platform/database/index.js';
import { RECORD_COLUMNS, type RecordRow } from './record-row.js';

const FETCH = 5_000;

/**
 * The records that a batch stored, by their id in byte order and their revision, a few thousand at a time. They were
 * stored side by side, and are found by the block ranges that their batch is in.
 */
export async function* eachBatchRecord(
  tx: Transaction,
  owner: { agreementId: string; reporterId: string },
  batchId: string,
): AsyncGenerator<RecordRow[]> {
  await tx.query(
    `DECLARE batch_records NO SCROLL CURSOR FOR
     SELECT ${RECORD_COLUMNS}
       FROM traffic_records r
      WHERE r.agreement_id = $1 AND r.reporter_id = $2 AND r.batch_id = $3
      ORDER BY r.record_id COLLATE "C", r.revision`,
    [owner.agreementId, owner.reporterId, batchId],
  );
  for (;;) {
    const rows = await tx.query<RecordRow>(`FETCH ${FETCH} FROM batch_records`);
    if (rows.length > 0) yield rows;
    if (rows.length < FETCH) break;
  }
  await tx.query(`CLOSE batch_records`);
}
