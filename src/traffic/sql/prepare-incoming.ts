import type { Transaction } from '../../platform/database/index.js';

/**
 * Makes the table in which a chunk lies while it is compared, or empties it. Ranks count from 1; a backend takes
 * those of a chunk at once.
 */
export async function prepareIncoming(tx: Transaction): Promise<void> {
  await tx.query(`
    CREATE TEMPORARY TABLE IF NOT EXISTS incoming_records (
      record_key uuid, arrival integer, revision integer, bytes bigint, starts_at timestamptz, ends_at timestamptz,
      void boolean, direction text, record_id text, source_region text, destination_region text, service text,
      customer text, charged_unit_price text, rank integer GENERATED ALWAYS AS IDENTITY (CACHE 32768)
    ) ON COMMIT DELETE ROWS`);
  await tx.query(`TRUNCATE incoming_records RESTART IDENTITY`);
}
