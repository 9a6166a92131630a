import type { Queryable } from '../../platform/database/index.js';

/** A part of a book's chain: after one sequence, up to and including another, or its end. */
export interface ChainRange {
  agreementId: string;
  bookId: string;
  after: bigint;
  upTo: bigint | null;
}

/** A transaction as the chain has it. */
export interface Link {
  sequence: bigint;
  canonical: string;
  sha256: Buffer;
}

/** The next links of a part of a chain, in their order. */
export async function readLinks(
  db: Queryable,
  { agreementId, bookId, after, upTo }: ChainRange,
  limit: number,
): Promise<Link[]> {
  const rows = await db.query<{ sequence: string; canonical: string; sha256: Buffer }>(
    `SELECT sequence, canonical, sha256
       FROM ledger_transactions
      WHERE agreement_id = $1 AND book_id = $2 AND sequence > $3 AND ($4::bigint IS NULL OR sequence <= $4)
      ORDER BY sequence
      LIMIT $5`,
    [agreementId, bookId, after.toString(), upTo?.toString() ?? null, limit],
  );
  return rows.map((row) => ({ ...row, sequence: BigInt(row.sequence) }));
}
