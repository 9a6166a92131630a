import type { Queryable } from '../../platform/database/index.js';
import type { AccountName, AccountState, ChainHead } from '../rules/post.js';
import { accountFrom, type AccountRow } from './account-row.js';

export interface LockedBooks {
  heads: ChainHead[];
  /** Those of the accounts asked for that exist. */
  accounts: AccountState[];
  /** The database's clock after the locks were granted, but never before an earlier recorded time. */
  recordedAt: Date;
}

/**
 * Locks every head of the agreement in the order of the books, then the accounts named, in order too, and reads what
 * they hold. All posting for an agreement waits at the heads, also for documents of one book only, so that no two
 * posters can each hold what the other one needs.
 */
export async function lockBooks(
  db: Queryable,
  agreementId: string,
  names: readonly AccountName[],
): Promise<LockedBooks> {
  // The accounts look at the heads, so they are locked after them, and locking finds each as it is then, not as it
  // was when the statement began. The clock is read last: inside the locking part it would tell when the wait began.
  const rows = await db.query<HeadRow & (AccountRow | Record<keyof AccountRow, null>)>(
    `WITH locked AS MATERIALIZED (
       SELECT book_id, sequence, sha256, recorded_at
       FROM ledger_heads
       WHERE agreement_id = $1
       ORDER BY book_id
       FOR UPDATE
     ), account AS MATERIALIZED (
       SELECT id, book_id, counterparty_id, kind, currency, balance, version
       FROM ledger_accounts
       WHERE agreement_id = $1 AND (SELECT count(*) FROM locked) > 0
         AND (book_id, kind, currency) IN (
           SELECT * FROM unnest($2::uuid[], $3::ledger_account_kind[], $4::text[]))
       ORDER BY book_id, kind, currency
       FOR NO KEY UPDATE
     )
     SELECT locked.book_id AS head_book_id, locked.sequence, locked.sha256,
            greatest(locked.recorded_at, date_trunc('milliseconds', clock_timestamp())) AS recorded_at, account.*
     FROM locked
     LEFT JOIN account USING (book_id)
     ORDER BY locked.book_id, account.kind, account.currency`,
    [
      agreementId,
      names.map(({ bookId }) => bookId),
      names.map(({ kind }) => kind),
      names.map(({ currency }) => currency),
    ],
    'ledger_lock_books',
  );
  const heads = new Map(rows.map((row) => [row.head_book_id, headFrom(row)]));
  return {
    heads: [...heads.values()],
    accounts: rows.flatMap((row) => (row.id === null ? [] : [accountFrom(row)])),
    recordedAt: new Date(Math.max(0, ...rows.map(({ recorded_at }) => recorded_at.getTime()))),
  };
}

function headFrom({ head_book_id, sequence, sha256 }: HeadRow): ChainHead {
  return { bookId: head_book_id, sequence: BigInt(sequence), sha256 };
}

interface HeadRow {
  head_book_id: string;
  sequence: string;
  sha256: Buffer | null;
  recorded_at: Date;
}
