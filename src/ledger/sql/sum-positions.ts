import type { Queryable } from '../../platform/database/index.js';

/** What a provider's whole book has open in one currency, debit positive: above 0 where it is owed. */
export interface BookPosition {
  bookId: string;
  currency: string;
  net: bigint;
  /** Of it what is disputed, and so not to be paid now; not part of `net`. */
  disputed: bigint;
}

/** The positions of all books over all agreements, by currency and book. */
export async function sumPositions(db: Queryable, currency: string | null): Promise<BookPosition[]> {
  const rows = await db.query<{ bookId: string; currency: string; net: string; disputed: string }>(
    `SELECT book_id AS "bookId", currency,
            coalesce(sum(balance) FILTER (WHERE kind IN ('receivable', 'payable')), 0) AS net,
            coalesce(sum(balance) FILTER (WHERE kind IN ('disputed_receivable', 'disputed_payable')), 0) AS disputed
       FROM ledger_accounts
      WHERE kind IN ('receivable', 'payable', 'disputed_receivable', 'disputed_payable')
        AND ($1::text IS NULL OR currency = $1)
      GROUP BY currency, book_id
      ORDER BY currency, book_id`,
    [currency],
  );
  return rows.map((row) => ({ ...row, net: BigInt(row.net), disputed: BigInt(row.disputed) }));
}
