import type { Transaction } from '../../platform/database/index.js';

/**
 * The ranks, from 0, of those rows of the chunk in `incoming_records` that are not stored just as they are:
 * all content is compared, not its hash. The inner limit keeps it a look-up in the index for each row, whatever
 * the planner believes about a table that was filled a moment ago.
 */
export async function listUnknown(tx: Transaction, agreementId: string): Promise<number[]> {
  const rows = await tx.query<{ rank: number }>(
    `SELECT i.rank - 1 AS rank
       FROM incoming_records i
       LEFT JOIN LATERAL (
         SELECT 1 AS known
           FROM traffic_records r
          WHERE r.agreement_id = $1 AND r.record_key = i.record_key
            AND r.record_id = i.record_id AND r.reporter_id = i.reporter_id AND r.revision = i.revision
            AND r.bytes = i.bytes AND r.starts_at = i.starts_at AND r.ends_at = i.ends_at
            AND r.direction = i.direction AND r.void = i.void
            AND r.source_region IS NOT DISTINCT FROM i.source_region
            AND r.destination_region IS NOT DISTINCT FROM i.destination_region
            AND r.service IS NOT DISTINCT FROM i.service
            AND r.customer IS NOT DISTINCT FROM i.customer
            AND r.charged_unit_price IS NOT DISTINCT FROM i.charged_unit_price
          LIMIT 1) stored ON true
      WHERE stored.known IS NULL`,
    [agreementId],
  );
  return rows.map(({ rank }) => rank);
}
