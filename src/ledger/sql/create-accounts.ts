import type { Queryable } from '../../platform/database/index.js';
import type { AccountState } from '../rules/post.js';

/** Opens accounts with a balance of zero; one that exists already stays as it is. */
export async function createAccounts(
  db: Queryable,
  agreementId: string,
  accounts: readonly Omit<AccountState, 'balance' | 'version'>[],
  createdAt: Date,
): Promise<void> {
  await db.query(
    `INSERT INTO ledger_accounts (agreement_id, id, book_id, counterparty_id, kind, currency, created_at)
     SELECT $1, id, book_id, counterparty_id, kind, currency, $7
     FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::ledger_account_kind[], $6::text[])
       AS account (id, book_id, counterparty_id, kind, currency)
     ORDER BY book_id, kind, currency
     ON CONFLICT DO NOTHING`,
    [
      agreementId,
      accounts.map(({ id }) => id),
      accounts.map(({ bookId }) => bookId),
      accounts.map(({ counterpartyId }) => counterpartyId),
      accounts.map(({ kind }) => kind),
      accounts.map(({ currency }) => currency),
      createdAt.toISOString(),
    ],
  );
}
