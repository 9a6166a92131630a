import type { Queryable } from '../../platform/database/index.js';
import type { AccountKind } from '../rules/accounts.js';
import type { LedgerEntry } from '../rules/transaction.js';

export interface EntryFilter {
  bookId: string;
  /** Debited or credited. */
  accountId?: string | undefined;
  accountKind?: AccountKind | undefined;
  agreementId?: string | undefined;
  counterpartyId?: string | undefined;
  currency?: string | undefined;
  sourceId?: string | undefined;
  /** Effective time, half-open. */
  from?: Date | undefined;
  to?: Date | undefined;
  /** The place of the last entry of the page before. */
  after?: JournalPlace | undefined;
  limit: number;
}

/** Where an entry stands in a book's journal: its transaction's effective time decides, then its place in the chains. */
export interface JournalPlace {
  effectiveAt: Date;
  agreementId: string;
  sequence: bigint;
  position: number;
}

/** An entry with the transaction and the source document that it belongs to. */
export interface EntryRecord extends LedgerEntry {
  agreementId: string;
  bookId: string;
  sequence: bigint;
  sourceKind: string;
  sourceId: string;
  effectiveAt: Date;
  recordedAt: Date;
}

/** A book's journal in the order of `JournalPlace`. */
export async function listEntries(db: Queryable, filter: EntryFilter): Promise<EntryRecord[]> {
  const rows = await db.query<Row>(
    `SELECT entry.agreement_id, entry.book_id, entry.sequence, own.source_kind, own.source_id,
            own.effective_at, own.recorded_at, entry.id, entry.position, entry.counterparty_id,
            entry.currency, entry.amount,
            debit.id AS debit_account_id, entry.debit_kind, entry.debit_balance, entry.debit_version,
            credit.id AS credit_account_id, entry.credit_kind, entry.credit_balance, entry.credit_version,
            entry.twin_id, entry.source_line
     FROM ledger_transactions AS own
     JOIN ledger_entries AS entry
       ON entry.agreement_id = own.agreement_id AND entry.book_id = own.book_id AND entry.sequence = own.sequence
     JOIN ledger_accounts AS debit
       ON debit.agreement_id = entry.agreement_id AND debit.book_id = entry.book_id
      AND debit.kind = entry.debit_kind AND debit.currency = entry.currency
     JOIN ledger_accounts AS credit
       ON credit.agreement_id = entry.agreement_id AND credit.book_id = entry.book_id
      AND credit.kind = entry.credit_kind AND credit.currency = entry.currency
     WHERE own.book_id = $1
       AND ($2::uuid IS NULL OR $2 IN (debit.id, credit.id))
       AND ($3::uuid IS NULL OR own.agreement_id = $3)
       AND ($4::uuid IS NULL OR entry.counterparty_id = $4)
       AND ($5::uuid IS NULL OR own.source_id = $5)
       AND ($6::ledger_account_kind IS NULL OR $6 IN (entry.debit_kind, entry.credit_kind))
       AND own.effective_at >= coalesce($7::timestamptz, '-infinity')
       AND own.effective_at < coalesce($8::timestamptz, 'infinity')
       AND ($9::text IS NULL OR entry.currency = $9)
       AND (own.effective_at, own.agreement_id, own.sequence)
           >= (coalesce($10::timestamptz, '-infinity'), coalesce($11::uuid, '00000000-0000-0000-0000-000000000000'),
               coalesce($12::bigint, 0))
       AND (own.effective_at, own.agreement_id, own.sequence, entry.position)
           > (coalesce($10::timestamptz, '-infinity'), coalesce($11::uuid, '00000000-0000-0000-0000-000000000000'),
              coalesce($12::bigint, 0), coalesce($13::integer, 0))
     ORDER BY own.effective_at, own.agreement_id, own.sequence, entry.position
     LIMIT $14`,
    [
      filter.bookId,
      filter.accountId ?? null,
      filter.agreementId ?? null,
      filter.counterpartyId ?? null,
      filter.sourceId ?? null,
      filter.accountKind ?? null,
      filter.from?.toISOString() ?? null,
      filter.to?.toISOString() ?? null,
      filter.currency ?? null,
      filter.after?.effectiveAt.toISOString() ?? null,
      filter.after?.agreementId ?? null,
      filter.after?.sequence.toString() ?? null,
      filter.after?.position ?? null,
      filter.limit,
    ],
  );
  return rows.map(recordFrom);
}

function recordFrom(row: Row): EntryRecord {
  return {
    agreementId: row.agreement_id,
    bookId: row.book_id,
    sequence: BigInt(row.sequence),
    sourceKind: row.source_kind,
    sourceId: row.source_id,
    effectiveAt: row.effective_at,
    recordedAt: row.recorded_at,
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
  };
}

interface Row {
  agreement_id: string;
  book_id: string;
  sequence: string;
  source_kind: string;
  source_id: string;
  effective_at: Date;
  recorded_at: Date;
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
}
