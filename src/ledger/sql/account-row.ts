import type { AccountKind } from '../rules/accounts.js';
import type { AccountState } from '../rules/post.js';

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
