import type { Queryable } from '../../platform/database/index.js';
import type { ChainHead } from '../rules/post.js';

export interface ChainRow {
  bookId: string;
  head: ChainHead | null;
  entryCount: number;
  /** Whether the head carries the time of its transaction, and each account that of its first entry. */
  timesAgree: boolean;
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
     ), touched AS (
       SELECT book_id, currency, debit_kind AS kind, sequence FROM ledger_entries WHERE agreement_id = $1
       UNION ALL
       SELECT book_id, currency, credit_kind, sequence FROM ledger_entries WHERE agreement_id = $1
     ), opened AS (
       SELECT touched.book_id, touched.currency, touched.kind, min(own.recorded_at) AS recorded_at
       FROM touched
       JOIN ledger_transactions AS own
         ON own.agreement_id = $1 AND own.book_id = touched.book_id AND own.sequence = touched.sequence
       GROUP BY touched.book_id, touched.currency, touched.kind
     ), misdated AS (
       SELECT account.book_id
       FROM ledger_accounts AS account
       JOIN opened USING (book_id, currency, kind)
       WHERE account.agreement_id = $1 AND account.created_at <> opened.recorded_at
     )
     SELECT books.book_id, head.sequence, head.sha256, coalesce(counts.entry_count, 0) AS entry_count,
            head.recorded_at IS NOT DISTINCT FROM (
              SELECT max(recorded_at) FROM ledger_transactions AS last
              WHERE last.agreement_id = $1 AND last.book_id = head.book_id AND last.sequence = head.sequence)
              AND books.book_id NOT IN (SELECT book_id FROM misdated) AS times_agree
     FROM books
     LEFT JOIN counts ON counts.book_id = books.book_id
     LEFT JOIN ledger_heads AS head ON head.agreement_id = $1 AND head.book_id = books.book_id
     ORDER BY books.book_id`,
    [agreementId],
  );
  return rows.map(({ book_id, sequence, sha256, entry_count, times_agree }) => ({
    bookId: book_id,
    head: sequence === null ? null : { bookId: book_id, sequence: BigInt(sequence), sha256 },
    entryCount: Number(entry_count),
    timesAgree: times_agree,
  }));
}

interface Row {
  book_id: string;
  sequence: string | null;
  sha256: Buffer | null;
  entry_count: string;
  times_agree: boolean;
}
