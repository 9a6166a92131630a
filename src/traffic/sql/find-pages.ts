import type { Transaction } from '../../platform/database/index.js';

/**
 * On which pages of the table those of these keys lie that are stored, a number for each, ascending. Keys are looked
 * up one by one: the planner, to whom an agreement that it has not counted yet is a small one, would read all of it.
 */
export async function findPages(
  tx: Transaction,
  agreementId: string,
  keys: readonly string[],
): Promise<number[]> {
  await tx.query('SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off');
  const rows = await tx.query<{ page: number }>(
    `SELECT (r.ctid::text::point)[0] AS page FROM traffic_records r
      WHERE r.agreement_id = $1 AND r.record_key = ANY ($2::uuid[]) AND r.arrival = 0
      ORDER BY page`,
    [agreementId, keys],
  );
  await tx.query('SET LOCAL enable_bitmapscan TO DEFAULT; SET LOCAL enable_seqscan TO DEFAULT');
  return rows.map(({ page }) => page);
}
