import type { Queryable } from '../../platform/database/index.js';
import type { AccountKind } from '../rules/accounts.js';
import type { AccountState } from '../rules/post.js';
import { accountFrom, type AccountRow } from './account-row.js';

export interface AccountFilter {
  bookId: string;
  agreementId?: string | undefined;
  counterpartyId?: string | undefined;
  currency?: string | undefined;
  kind?: AccountKind | undefined;
  /** The id of the last account of the page before. */
  after?: string | undefined;
  limit: number;
}

export interface LedgerAccount extends AccountState {
  agreementId: string;
  createdAt: Date;
}

/** The accounts of one book, oldest first. */
export async function listAccounts(db: Queryable, filter: AccountFilter): Promise<LedgerAccount[]> {
  const rows = await db.query<AccountRow & { agreement_id: string; created_at: Date }>(
    `SELECT agreement_id, id, book_id, counterparty_id, kind, currency, created_at, balance, version
     FROM ledger_accounts
     WHERE book_id = $1
       AND ($2::uuid IS NULL OR agreement_id = $2)
       AND ($3::uuid IS NULL OR counterparty_id = $3)
       AND ($4::text IS NULL OR currency = $4)
       AND ($5::uuid IS NULL OR id > $5)
       AND ($7::ledger_account_kind IS NULL OR kind = $7)
     ORDER BY id
     LIMIT $6`,
    [
      filter.bookId,
      filter.agreementId ?? null,
      filter.counterpartyId ?? null,
      filter.currency ?? null,
      filter.after ?? null,
      filter.limit,
      filter.kind ?? null,
    ],
  );
  return rows.map((row) => ({
    ...accountFrom(row),
    agreementId: row.agreement_id,
    createdAt: row.created_at,
  }));
}
