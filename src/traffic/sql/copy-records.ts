import { copyBinary, type Transaction } from '../../platform/database/index.js';

/**
 * Where rows go: to the records themselves, past the row policies under which they are read, or to those that are
 * compared with them first.
 */
export type RecordTarget = 'traffic_record_rows' | 'incoming_records';

/** Adds rows in the binary format of COPY. Fails with a unique violation when a key of theirs is taken. */
export async function copyRecords(
  tx: Transaction,
  target: RecordTarget,
  columns: readonly string[],
  rows: Uint8Array,
): Promise<void> {
  await copyBinary(tx, `COPY ${target} (${columns.join(', ')}) FROM STDIN (FORMAT binary)`, rows);
}
