import type { Queryable } from '../../platform/database/index.js';
import type { LedgerTransaction } from '../rules/transaction.js';

/** Stores the entries of transactions, all in one statement. */
export async function insertEntries(
  db: Queryable,
  transactions: readonly LedgerTransaction[],
): Promise<void> {
  const entries = transactions.flatMap((transaction) =>
    transaction.entries.map((entry) => ({ transaction, entry })),
  );
  await db.query(
    `INSERT INTO ledger_entries (agreement_id, book_id, sequence, effective_at, recorded_at,
       id, position, counterparty_id, currency, amount, twin_id, source_line,
       debit_account_id, debit_kind, debit_balance, debit_version,
       credit_account_id, credit_kind, credit_balance, credit_version)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::timestamptz[], $5::timestamptz[],
       $6::uuid[], $7::integer[], $8::uuid[], $9::text[], $10::numeric[], $11::uuid[], $12::text[],
       $13::uuid[], $14::ledger_account_kind[], $15::numeric[], $16::bigint[],
       $17::uuid[], $18::ledger_account_kind[], $19::numeric[], $20::bigint[])`,
    [
      entries.map(({ transaction }) => transaction.agreementId),
      entries.map(({ transaction }) => transaction.bookId),
      entries.map(({ transaction }) => transaction.sequence.toString()),
      entries.map(({ transaction }) => transaction.effectiveAt.toISOString()),
      entries.map(({ transaction }) => transaction.recordedAt.toISOString()),
      entries.map(({ entry }) => entry.id),
      entries.map(({ entry }) => entry.position),
      entries.map(({ entry }) => entry.counterpartyId),
      entries.map(({ entry }) => entry.currency),
      entries.map(({ entry }) => entry.amount.toString()),
      entries.map(({ entry }) => entry.twinId),
      entries.map(({ entry }) => entry.sourceLine),
      entries.map(({ entry }) => entry.debit.accountId),
      entries.map(({ entry }) => entry.debit.kind),
      entries.map(({ entry }) => entry.debit.balance.toString()),
      entries.map(({ entry }) => entry.debit.version.toString()),
      entries.map(({ entry }) => entry.credit.accountId),
      entries.map(({ entry }) => entry.credit.kind),
      entries.map(({ entry }) => entry.credit.balance.toString()),
      entries.map(({ entry }) => entry.credit.version.toString()),
    ],
  );
}
