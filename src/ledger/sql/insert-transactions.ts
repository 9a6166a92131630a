import type { Queryable } from '../../platform/database/index.js';
import type { ChainedTransaction } from '../rules/post.js';

/** Stores the headers of transactions with their links of the chain. */
export async function insertTransactions(
  db: Queryable,
  transactions: readonly ChainedTransaction[],
): Promise<void> {
  await db.query(
    `INSERT INTO ledger_transactions (agreement_id, book_id, sequence, id, source_kind, source_id,
       effective_at, recorded_at, canonical, previous_sha256, sha256)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::text[], $6::uuid[],
       $7::timestamptz[], $8::timestamptz[], $9::text[], $10::bytea[], $11::bytea[])`,
    [
      transactions.map((transaction) => transaction.agreementId),
      transactions.map((transaction) => transaction.bookId),
      transactions.map((transaction) => transaction.sequence.toString()),
      transactions.map((transaction) => transaction.id),
      transactions.map((transaction) => transaction.sourceKind),
      transactions.map((transaction) => transaction.sourceId),
      transactions.map((transaction) => transaction.effectiveAt.toISOString()),
      transactions.map((transaction) => transaction.recordedAt.toISOString()),
      transactions.map((transaction) => transaction.canonical),
      transactions.map((transaction) => transaction.previousSha256),
      transactions.map((transaction) => transaction.sha256),
    ],
  );
}
