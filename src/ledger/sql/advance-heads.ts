import type { Queryable } from '../../platform/database/index.js';
import type { ChainedTransaction } from '../rules/post.js';

/** Makes the transactions the last links of their chains; the heads are locked. */
export async function advanceHeads(
  db: Queryable,
  agreementId: string,
  transactions: readonly ChainedTransaction[],
): Promise<void> {
  await db.query(
    `UPDATE ledger_heads AS head
     SET sequence = link.sequence, sha256 = link.sha256, recorded_at = link.recorded_at
     FROM unnest($2::uuid[], $3::bigint[], $4::bytea[], $5::timestamptz[])
       AS link (book_id, sequence, sha256, recorded_at)
     WHERE head.agreement_id = $1 AND head.book_id = link.book_id`,
    [
      agreementId,
      transactions.map(({ bookId }) => bookId),
      transactions.map(({ sequence }) => sequence.toString()),
      transactions.map(({ sha256 }) => sha256),
      transactions.map(({ recordedAt }) => recordedAt.toISOString()),
    ],
  );
}
