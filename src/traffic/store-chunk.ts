import type { Transaction } from '../platform/database/index.js';
import type { IntakeStep, OpenBatch } from './intake-thread.js';
import { RECORD_ROW_COLUMNS } from './intake/record-rows.js';
import { copyRecords } from './sql/copy-records.js';
import { countKnown } from './sql/count-known.js';
import { findByKey } from './sql/find-by-key.js';
import { listUnknown } from './sql/list-unknown.js';
import { prepareIncoming } from './sql/prepare-incoming.js';

type Chunk = Extract<IntakeStep, { kind: 'chunk' }>;

const UNIQUE_VIOLATION = '23505';

/**
 * Stores a chunk of a batch. Ids that were never sent are copied straight into the table; if one of them was,
 * or a few that are looked up first were, the chunk is compared with what is stored before anything is added.
 */
export async function storeChunk(
  tx: Transaction,
  agreementId: string,
  batch: Pick<OpenBatch, 'stored' | 'compare'>,
  chunk: Chunk,
): Promise<void> {
  const isNew = !chunk.mustCompare && (await countKnown(tx, agreementId, chunk.probes)) === 0;
  if (isNew && (await copyNew(tx, chunk))) return batch.stored(chunk.rows);
  await prepareIncoming(tx);
  await copyRecords(tx, 'incoming_records', RECORD_ROW_COLUMNS, chunk.rows);
  const ranks = await listUnknown(tx, agreementId);
  const stored = ranks.length > 0 ? await findByKey(tx, agreementId, ranks) : [];
  const added = await batch.compare(chunk.rows, ranks, stored);
  if (added.count > 0) await copyRecords(tx, 'traffic_records', RECORD_ROW_COLUMNS, added.rows);
}

/** Copies a chunk into the table; false, and nothing is added, when a key of it is there already. */
async function copyNew(tx: Transaction, { rows }: Chunk): Promise<boolean> {
  await tx.query('SAVEPOINT chunk');
  try {
    await copyRecords(tx, 'traffic_records', RECORD_ROW_COLUMNS, rows);
  } catch (error) {
    if ((error as { code?: string }).code !== UNIQUE_VIOLATION) throw error;
    await tx.query('ROLLBACK TO SAVEPOINT chunk');
    return false;
  }
  await tx.query('RELEASE SAVEPOINT chunk');
  return true;
}
