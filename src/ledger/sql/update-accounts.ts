import type { Queryable } from '../../platform/database/index.js';
import type { AccountState } from '../rules/post.js';

/** Moves accounts on to their new balances; they are locked. */
export async function updateAccounts(
  db: Queryable,
  agreementId: string,
  accounts: readonly AccountState[],
): Promise<void> {
  await db.query(
    `UPDATE ledger_accounts AS account
     SET balance = moved.balance, version = moved.version
     FROM unnest($2::uuid[], $3::numeric[], $4::bigint[]) AS moved (id, balance, version)
     WHERE account.agreement_id = $1 AND account.id = moved.id`,
    [
      agreementId,
      accounts.map(({ id }) => id),
      accounts.map(({ balance }) => balance.toString()),
      accounts.map(({ version }) => version.toString()),
    ],
  );
}
