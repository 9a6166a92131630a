import type { Queryable } from '../../platform/database/index.js';
import type { AccountState } from '../rules/post.js';
import { accountFrom, type AccountRow } from './account-row.js';

/** The accounts of one book of an agreement. */
export async function readBookAccounts(
  db: Queryable,
  agreementId: string,
  bookId: string,
): Promise<AccountState[]> {
  const rows = await db.query<AccountRow>(
    `SELECT id, book_id, counterparty_id, kind, currency, balance, version
     FROM ledger_accounts
     WHERE agreement_id = $1 AND book_id = $2
     ORDER BY kind, currency`,
    [agreementId, bookId],
  );
  return rows.map(accountFrom);
}
