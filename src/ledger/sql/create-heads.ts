import type { Queryable } from '../../platform/database/index.js';

/** Gives the books an empty chain, where they have none, so that there is a row to lock. */
export async function createHeads(db: Queryable, agreementId: string, bookIds: string[]): Promise<void> {
  await db.query(
    `INSERT INTO ledger_heads (agreement_id, book_id)
     SELECT $1, book_id FROM unnest($2::uuid[]) AS book_id ORDER BY book_id
     ON CONFLICT DO NOTHING`,
    [agreementId, bookIds],
  );
}
