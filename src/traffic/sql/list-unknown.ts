import type { Transaction } from '../../platform/database/index.js';
import { IS_SAME_REVISION } from './same-revision.js';

/**
 * The ranks, from 0, of those rows of the chunk in `incoming_records` that are not stored just as they are; of those
 * with the given ranks alone, unless that is null. Each row is looked up in the index, in the order of its keys. The
 * planner, which knows nothing of a table that was filled a moment ago, nor of an agreement that it has not counted
 * yet, might read all records instead, once or for each row: `OFFSET` keeps it from making a join of it.
 */
export async function listUnknown(
  tx: Transaction,
  { agreementId, reporterId }: { agreementId: string; reporterId: string },
  ranks: readonly number[] | null,
): Promise<number[]> {
  await tx.query('SET LOCAL enable_bitmapscan = off; SET LOCAL enable_seqscan = off');
  const rows = await tx.query<{ rank: number }>(
    `SELECT i.rank - 1 AS rank
       FROM incoming_records i
      WHERE ($3::integer[] IS NULL OR i.rank - 1 = ANY ($3::integer[]))
        AND NOT EXISTS (
          SELECT FROM traffic_records r
           WHERE r.agreement_id = $1 AND r.record_key = i.record_key AND r.reporter_id = $2
             AND ${IS_SAME_REVISION}
          OFFSET 0)`,
    [agreementId, reporterId, ranks],
  );
  await tx.query('SET LOCAL enable_bitmapscan TO DEFAULT; SET LOCAL enable_seqscan TO DEFAULT');
  return rows.map(({ rank }) => rank);
}
