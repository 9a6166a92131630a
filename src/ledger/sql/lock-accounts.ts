import type { Queryable } from '../../platform/database/index.js';
import type { AccountKind } from '../rules/accounts.js';
import type { AccountName, AccountState } from '../rules/post.js';

/** Locks those of the accounts that exist, in a fixed order, and reads what they hold. */
export async function lockAccounts(
  db: Queryable,
  agreementId: string,
  names: readonly AccountName[],
): Promise<AccountState[]> {
  const rows = await db.query<AccountRow>(
    `SELECT account.id, account.book_id, account.counterparty_id, account.kind, account.currency,
            account.balance, account.version
     FROM ledger_accounts AS account
     WHERE account.agreement_id = $1
       AND (account.book_id, account.kind, account.currency) IN (
         SELECT * FROM unnest($2::uuid[], $3::ledger_account_kind[], $4::text[]))
     ORDER BY account.book_id, account.kind, account.currency
     FOR NO KEY UPDATE OF account`,
    [
      agreementId,
      names.map(({ bookId }) => bookId),
      names.map(({ kind }) => kind),
      names.map(({ currency }) => currency),
    ],
    'ledger_lock_accounts',
  );
  return rows.map(accountFrom);
}

/** A row of `ledger_accounts`. */
export interface AccountRow {
  id: string;
  book_id: string;
  counterparty_id: string;
  kind: AccountKind;
  currency: string;
  balance: string;
  version: string;
}

export function accountFrom(row: AccountRow): AccountState {
  return {
    id: row.id,
    bookId: row.book_id,
    counterpartyId: row.counterparty_id,
    kind: row.kind,
    currency: row.currency,
    balance: BigInt(row.balance),
    version: BigInt(row.version),
  };
}
