import type { Queryable } from '../../platform/database/index.js';
import type { AccountKind } from '../rules/accounts.js';
import type { LedgerEntry } from '../rules/transaction.js';

/** An entry with its place in the chain and what the database says of its surroundings. */
export interface StoredEntry extends LedgerEntry {
  sequence: bigint;
  /** Whether it has the twin that it must have: the mirror image of the same source. */
  mirrored: boolean;
}

/** The entries of a run of transactions in one book, each held against its transaction and its twin. */
export async function readChainEntries(
  db: Queryable,
  run: { agreementId: string; bookId: string; first: bigint; last: bigint },
): Promise<StoredEntry[]> {
  const rows = await db.query<Row>(
    `SELECT entry.sequence, entry.id, entry.position, entry.counterparty_id, entry.currency, entry.amount,
            debit.id AS debit_account_id, entry.debit_kind, entry.debit_balance, entry.debit_version,
            credit.id AS credit_account_id, entry.credit_kind, entry.credit_balance, entry.credit_version,
            entry.twin_id, entry.source_line,
            CASE
              WHEN entry.debit_kind IN ('zero_rated_waiver', 'customer_credits')
               AND entry.credit_kind IN ('zero_rated_waiver', 'customer_credits') THEN entry.twin_id IS NULL
              ELSE twin.twin_id = entry.id
               AND twin.book_id = entry.counterparty_id AND twin.counterparty_id = entry.book_id
               AND twin.debit_kind = ledger_mirror(entry.credit_kind)
               AND twin.credit_kind = ledger_mirror(entry.debit_kind)
               AND twin.amount = entry.amount AND twin.currency = entry.currency
               AND other.source_kind = own.source_kind AND other.source_id = own.source_id
            END IS TRUE AS mirrored
     FROM ledger_entries AS entry
     JOIN ledger_transactions AS own
       ON own.agreement_id = entry.agreement_id AND own.book_id = entry.book_id AND own.sequence = entry.sequence
     LEFT JOIN ledger_accounts AS debit
       ON debit.agreement_id = entry.agreement_id AND debit.book_id = entry.book_id
      AND debit.kind = entry.debit_kind AND debit.currency = entry.currency
     LEFT JOIN ledger_accounts AS credit
       ON credit.agreement_id = entry.agreement_id AND credit.book_id = entry.book_id
      AND credit.kind = entry.credit_kind AND credit.currency = entry.currency
     LEFT JOIN ledger_entries AS twin ON twin.agreement_id = entry.agreement_id AND twin.id = entry.twin_id
     LEFT JOIN ledger_transactions AS other
       ON other.agreement_id = twin.agreement_id AND other.book_id = twin.book_id
      AND other.sequence = twin.sequence
     WHERE entry.agreement_id = $1 AND entry.book_id = $2 AND entry.sequence BETWEEN $3 AND $4
     ORDER BY entry.sequence, entry.position`,
    [run.agreementId, run.bookId, run.first.toString(), run.last.toString()],
  );
  return rows.map(entryFrom);
}

function entryFrom(row: Row): StoredEntry {
  return {
    sequence: BigInt(row.sequence),
    id: row.id,
    position: row.position,
    counterpartyId: row.counterparty_id,
    currency: row.currency,
    amount: BigInt(row.amount),
    debit: {
      accountId: row.debit_account_id,
      kind: row.debit_kind,
      balance: BigInt(row.debit_balance),
      version: BigInt(row.debit_version),
    },
    credit: {
      accountId: row.credit_account_id,
      kind: row.credit_kind,
      balance: BigInt(row.credit_balance),
      version: BigInt(row.credit_version),
    },
    twinId: row.twin_id,
    sourceLine: row.source_line,
    mirrored: row.mirrored,
  };
}

interface Row {
  sequence: string;
  id: string;
  position: number;
  counterparty_id: string;
  currency: string;
  amount: string;
  debit_account_id: string;
  debit_kind: AccountKind;
  debit_balance: string;
  debit_version: string;
  credit_account_id: string;
  credit_kind: AccountKind;
  credit_balance: string;
  credit_version: string;
  twin_id: string | null;
  source_line: string | null;
  mirrored: boolean;
}
