import type { Transaction } from '../../platform/database/index.js';
import type { PageRange } from '../rules/densest-pages.js';
import { IS_SAME_REVISION } from './same-revision.js';

/** The greatest number that a row can have on a page. */
const LAST_ON_PAGE = 65_535;

/**
 * The ranks, from 0, of those rows of the chunk in `incoming_records` that do not lie on these pages just as they
 * are. The pages are read one after the other, once: records that came together lie together, and to look each of
 * them up in the index would take twice as long. The agreement is compared in a way that no index takes, or the
 * planner would read all of one that it has not counted yet.
 */
export async function listUnknownOnPages(
  tx: Transaction,
  { agreementId, reporterId }: { agreementId: string; reporterId: string },
  { first, last }: PageRange,
): Promise<number[]> {
  await tx.query(`
    SET LOCAL enable_nestloop = off;
    SET LOCAL enable_mergejoin = off;
    SET LOCAL enable_indexscan = off;
    SET LOCAL enable_bitmapscan = off`);
  const rows = await tx.query<{ rank: number }>(
    `SELECT i.rank - 1 AS rank
       FROM incoming_records i
      WHERE NOT EXISTS (
        SELECT FROM traffic_records r
         WHERE r.ctid >= $3::tid AND r.ctid <= $4::tid
           AND r.agreement_id IS NOT DISTINCT FROM $1 AND r.record_key = i.record_key AND r.reporter_id = $2
           AND ${IS_SAME_REVISION})`,
    [agreementId, reporterId, `(${first},0)`, `(${last},${LAST_ON_PAGE})`],
  );
  await tx.query(`
    SET LOCAL enable_nestloop TO DEFAULT;
    SET LOCAL enable_mergejoin TO DEFAULT;
    SET LOCAL enable_indexscan TO DEFAULT;
    SET LOCAL enable_bitmapscan TO DEFAULT`);
  return rows.map(({ rank }) => rank);
}
