import type { Transaction } from '../../platform/database/index.js';

/** Makes the table in which a chunk lies while it is compared, or empties it. Ranks count from 1. */
export async function prepareIncoming(tx: Transaction): Promise<void> {
  await tx.query(`
    CREATE TEMPORARY TABLE IF NOT EXISTS incoming_records (
      LIKE traffic_records,
      rank integer GENERATED ALWAYS AS IDENTITY
    ) ON COMMIT DELETE ROWS`);
  await tx.query(`TRUNCATE incoming_records RESTART IDENTITY`);
}
