import type { Transaction } from '../../platform/database/index.js';
import type { BatchRow } from './batch-row.js';

export interface NewBatch extends BatchRow {
  agreementId: string;
  /** The agreement's clock at which the batch became part of the record. */
  recorded: bigint;
  idempotencyKey: string | null;
}

export async function insertBatch(tx: Transaction, batch: NewBatch): Promise<void> {
  await tx.query(
    `INSERT INTO batches (agreement_id, id, reporter_id, recorded, received_at, mode, received, created,
       superseded, duplicate, rejected, total_bytes, earliest, latest, sha256, errors, idempotency_key)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
    [
      batch.agreementId,
      batch.id,
      batch.reporterId,
      batch.recorded,
      batch.receivedAt,
      batch.mode,
      batch.received,
      batch.created,
      batch.superseded,
      batch.duplicate,
      batch.rejected,
      batch.totalBytes,
      batch.earliest,
      batch.latest,
      batch.sha256,
      JSON.stringify(batch.errors),
      batch.idempotencyKey,
    ],
  );
}
