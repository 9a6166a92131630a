import type { Queryable } from '../../platform/database/index.js';
import type { ChainHead } from '../rules/post.js';

export interface LockedHeads {
  heads: ChainHead[];
  /** The database's clock after the locks were granted, but never before an earlier recorded time. */
  recordedAt: Date;
}

/**
 * Locks every head of the agreement in the order of the books. All posting for an agreement waits here, also
 * for documents of one book only, so that no two posters can each hold what the other one needs.
 */
export async function lockHeads(db: Queryable, agreementId: string): Promise<LockedHeads> {
  // The clock is read outside the locking part: inside, it would tell when the wait began.
  const rows = await db.query<HeadRow>(
    `WITH locked AS MATERIALIZED (
       SELECT book_id, sequence, sha256, recorded_at
       FROM ledger_heads
       WHERE agreement_id = $1
       ORDER BY book_id
       FOR UPDATE
     )
     SELECT book_id, sequence, sha256,
            greatest(recorded_at, date_trunc('milliseconds', clock_timestamp())) AS recorded_at
     FROM locked`,
    [agreementId],
    'ledger_lock_heads',
  );
  const recordedAt_ms = Math.max(...rows.map((row) => row.recorded_at.getTime()));
  return {
    heads: rows.map(({ book_id, sequence, sha256 }) => ({
      bookId: book_id,
      sequence: BigInt(sequence),
      sha256,
    })),
    recordedAt: new Date(rows.length > 0 ? recordedAt_ms : 0),
  };
}

interface HeadRow {
  book_id: string;
  sequence: string;
  sha256: Buffer | null;
  recorded_at: Date;
}
