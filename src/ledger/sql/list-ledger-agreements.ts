import type { Queryable } from '../../platform/database/index.js';

/** Every agreement with anything in the ledger, also where only a part of it was left. */
export async function listLedgerAgreements(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ agreement_id: string }>(
    `SELECT agreement_id FROM ledger_heads
     UNION SELECT agreement_id FROM ledger_accounts
     UNION SELECT agreement_id FROM ledger_transactions
     UNION SELECT agreement_id FROM ledger_entries
     ORDER BY agreement_id`,
  );
  return rows.map(({ agreement_id }) => agreement_id);
}
