import type { Transaction } from '../../platform/database/index.js';

/**
 * The ranks, from 0, of those rows of the chunk in `incoming_records` that are not stored just as they are: all
 * content is compared, not its hash. Each row is looked up in the index, in the order of its keys; the planner,
 * which knows nothing of a table that was filled a moment ago, might read all records instead, once or for each row.
 */
export async function listUnknown(tx: Transaction, agreementId: string): Promise<number[]> {
  await tx.query(`
    SET LOCAL enable_hashjoin = off;
    SET LOCAL enable_mergejoin = off;
    SET LOCAL enable_memoize = off;
    SET LOCAL enable_material = off`);
  const rows = await tx.query<{ rank: number }>(
    `SELECT i.rank - 1 AS rank
       FROM incoming_records i
      WHERE NOT EXISTS (
        SELECT FROM traffic_records r
         WHERE r.agreement_id = $1 AND r.record_key = i.record_key
           AND r.record_id = i.record_id AND r.reporter_id = i.reporter_id AND r.revision = i.revision
           AND r.bytes = i.bytes AND r.starts_at = i.starts_at AND r.ends_at = i.ends_at
           AND r.direction = i.direction AND r.void = i.void
           AND r.source_region IS NOT DISTINCT FROM i.source_region
           AND r.destination_region IS NOT DISTINCT FROM i.destination_region
           AND r.service IS NOT DISTINCT FROM i.service
           AND r.customer IS NOT DISTINCT FROM i.customer
           AND r.charged_unit_price IS NOT DISTINCT FROM i.charged_unit_price)`,
    [agreementId],
  );
  await tx.query(`
    SET LOCAL enable_hashjoin TO DEFAULT;
    SET LOCAL enable_mergejoin TO DEFAULT;
    SET LOCAL enable_memoize TO DEFAULT;
    SET LOCAL enable_material TO DEFAULT`);
  return rows.map(({ rank }) => rank);
}
