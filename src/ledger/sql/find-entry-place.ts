import type { Queryable } from '../../platform/database/index.js';

/** Where an entry stands in its book's chain. */
export interface EntryPlace {
  agreementId: string;
  sequence: string;
  position: number;
}

/** The entry with this id in a book, among the agreements named. */
export async function findEntryPlace(
  db: Queryable,
  { bookId, entryId, agreementIds }: { bookId: string; entryId: string; agreementIds: readonly string[] },
): Promise<EntryPlace | undefined> {
  const [row] = await db.query<EntryPlace>(
    `SELECT agreement_id AS "agreementId", sequence, position
       FROM ledger_entries
      WHERE agreement_id = ANY ($1::uuid[]) AND id = $2 AND book_id = $3`,
    [agreementIds, entryId, bookId],
  );
  return row;
}
