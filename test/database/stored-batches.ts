import { ChunkStore } from '../../src/traffic/chunk-store.js';
import type { Transaction } from '../../src/platform/database/index.js';
import type { IntakePlan } from '../../src/traffic/intake/plan.js';
import type { Chunking } from '../../src/traffic/intake/record-chunk.js';
import type { TrafficRecord } from '../../src/traffic/rules/traffic-record.js';
import { nameBatch } from '../../src/traffic/sql/name-batch.js';
import { RECORD_COLUMNS, toRecord, type RecordRow } from '../../src/traffic/sql/record-row.js';
import { InProcessBatch, partsOf } from '../support/intake.js';
import type { TestDatabase } from '../support/database.js';

const PART_BYTES = 64 * 1024;

/**
 * Stores the records of a body in a transaction, as the service does, but for the sums and the receipt. The agreement
 * need not be there: the transaction's settings are made as if it were.
 */
export async function storeBody(
  tx: Transaction,
  plan: IntakePlan,
  body: Uint8Array,
  chunking: Partial<Chunking> = {},
): Promise<InProcessBatch> {
  await tx.query(`SELECT set_config('app.agreement', $1, true), set_config('app.provider', $2, true)`, [
    plan.agreementId,
    plan.reporterId,
  ]);
  await nameBatch(tx, plan.batchId);
  const batch = new InProcessBatch(plan, chunking);
  for (const part of partsOf(body, [PART_BYTES])) batch.push(part);
  batch.end();
  const store = new ChunkStore(tx, plan, batch);
  while (!batch.result) await store.store(batch.chunks.shift()!);
  return batch;
}

/** Every revision that is stored of a reporter. */
export async function storedRecords(
  database: TestDatabase,
  { agreementId, reporterId }: Pick<IntakePlan, 'agreementId' | 'reporterId'>,
): Promise<TrafficRecord[]> {
  const rows = await database.query<RecordRow>(
    `SELECT ${RECORD_COLUMNS} FROM traffic_records r WHERE r.agreement_id = $1 AND r.reporter_id = $2`,
    [agreementId, reporterId],
  );
  return rows.map(toRecord);
}
