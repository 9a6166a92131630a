import type { Queryable } from '../../platform/database/index.js';
import type { ChainHead } from '../rules/post.js';

export interface ChainRow {
  bookId: string;
  head: ChainHead | null;
  entryCount: number;
}

/** The books of an agreement with their heads, found by whatever is left of them. */
export async function readChains(db: Queryable, agreementId: string): Promise<ChainRow[]> {
  const rows = await db.query<Row>(
    `WITH books AS (
       SELECT book_id FROM ledger_heads WHERE agreement_id = $1
       UNION SELECT book_id FROM ledger_accounts WHERE agreement_id = $1
       UNION SELECT book_id FROM ledger_transactions WHERE agreement_id = $1
       UNION SELECT book_id FROM ledger_entries WHERE agreement_id = $1
     ), counts AS (
       SELECT book_id, count(*) AS entry_count FROM ledger_entries WHERE agreement_id = $1 GROUP BY book_id
     )
     SELECT books.book_id, head.sequence, head.sha256, coalesce(counts.entry_count, 0) AS entry_count
     FROM books
     LEFT JOIN counts ON counts.book_id = books.book_id
     LEFT JOIN ledger_heads AS head ON head.agreement_id = $1 AND head.book_id = books.book_id
     ORDER BY books.book_id`,
    [agreementId],
  );
  return rows.map(({ book_id, sequence, sha256, entry_count }) => ({
    bookId: book_id,
    head: sequence === null ? null : { bookId: book_id, sequence: BigInt(sequence), sha256 },
    entryCount: Number(entry_count),
  }));
}

interface Row {
  book_id: string;
  sequence: string | null;
  sha256: Buffer | null;
  entry_count: string;
}
