import type { Transaction } from '../../platform/database/index.js';

/** Makes the tables in which usage lies before it is added to the stored sums, or empties them. */
export async function prepareUsage(tx: Transaction): Promise<void> {
  await tx.query(`
    CREATE TEMPORARY TABLE IF NOT EXISTS incoming_buckets (
      period text, direction text, bucket_start timestamptz, source_region text, destination_region text,
      service text, side text, bytes numeric, records bigint
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS incoming_customers (
      period text, direction text, customer text COLLATE "C", price_from timestamptz, region text, unit text,
      unit_price text, zero_ratable boolean, bytes numeric, records bigint
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS incoming_periods (period text, records bigint) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS incoming_changes (
      period text, direction text, cause text, records bigint
    ) ON COMMIT DELETE ROWS;
    CREATE TEMPORARY TABLE IF NOT EXISTS incoming_terms (
      period text, absolute_bytes numeric, ppm integer, settled_bytes_rule text, mismatch_rule text, one_sided text
    ) ON COMMIT DELETE ROWS;
    TRUNCATE incoming_buckets, incoming_customers, incoming_periods, incoming_changes, incoming_terms`);
}
