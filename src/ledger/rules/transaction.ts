import { createHash } from 'node:crypto';
import canonicalizeModule from 'canonicalize';
import type { AccountKind } from './accounts.js';

// The package is CommonJS with types for a default export, which the two module systems see differently.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string;

/** One side of an entry: the account, with its balance (debit positive) and version right after the entry. */
export interface EntrySide {
  accountId: string;
  kind: AccountKind;
  balance: bigint;
  version: bigint;
}

export interface LedgerEntry {
  id: string;
  /** From 1, in the order of posting. */
  position: number;
  counterpartyId: string;
  currency: string;
  amount: bigint;
  debit: EntrySide;
  credit: EntrySide;
  twinId: string | null;
  sourceLine: string | null;
}

/** The entries of one source document in one book. */
export interface LedgerTransaction {
  agreementId: string;
  bookId: string;
  /** From 1 without gaps, per agreement and book. */
  sequence: bigint;
  id: string;
  sourceKind: string;
  sourceId: string;
  effectiveAt: Date;
  recordedAt: Date;
  entries: readonly LedgerEntry[];
}

/**
 * The RFC 8785 canonical JSON of a transaction with all its entries; whole numbers beyond `position` are
 * strings, instants RFC 3339 in UTC with milliseconds. It contains everything that is stored of them but the
 * hashes, so whatever is changed later shows.
 */
export function canonicalText(transaction: LedgerTransaction): string {
  const { agreementId, bookId, sequence, id, sourceKind, sourceId, effectiveAt, recordedAt } = transaction;
  // Written out, since a posting spends most of its time here; members stand in the order of their names.
  return (
    `{"agreement":"${agreementId}","book":"${bookId}","effectiveAt":"${effectiveAt.toISOString()}",` +
    `"entries":[${transaction.entries.map(canonicalEntry).join(',')}],"id":"${id}",` +
    `"recordedAt":"${recordedAt.toISOString()}","sequence":"${sequence}",` +
    `"source":{"id":"${sourceId}","kind":"${sourceKind}"}}`
  );
}

function canonicalEntry(entry: LedgerEntry): string {
  const { id, position, counterpartyId, currency, amount, debit, credit, twinId, sourceLine } = entry;
  // Of the members only a line is free text, printable ASCII, which JSON.stringify writes as RFC 8785 does.
  const line = sourceLine === null ? 'null' : JSON.stringify(sourceLine);
  const twin = twinId === null ? 'null' : `"${twinId}"`;
  return (
    `{"amount":"${amount}","counterparty":"${counterpartyId}","credit":${canonicalSide(credit)},` +
    `"currency":"${currency}","debit":${canonicalSide(debit)},"id":"${id}","line":${line},` +
    `"position":${position},"twin":${twin}}`
  );
}

function canonicalSide({ accountId, kind, balance, version }: EntrySide): string {
  return `{"account":"${accountId}","balance":"${balance}","kind":"${kind}","version":"${version}"}`;
}

/**
 * The link of the chain: SHA-256 over the 32 bytes of the previous transaction's hash (nothing for the first
 * of a book) followed by the UTF-8 bytes of the canonical text.
 */
export function chainHash(previous: Buffer | null, canonical: string): Buffer {
  const hash = createHash('sha256');
  if (previous) hash.update(previous);
  return hash.update(canonical, 'utf8').digest();
}

/** What a transaction says, whatever ids, order and balances it got: two postings of one document agree in it. */
export interface PostedTransfer {
  bookId: string;
  counterpartyId: string;
  debit: AccountKind;
  credit: AccountKind;
  amount: bigint;
  currency: string;
  sourceLine: string | null;
  /** The source line of the transfer that mirrors it; null also where it has no twin. */
  twinLine: string | null;
}

/** A text that is equal for equal content; the order of the transfers does not count. */
export function contentOf(effectiveAt: Date, transfers: readonly PostedTransfer[]): string {
  const rows = transfers.map((transfer) => canonicalize({ ...transfer, amount: transfer.amount.toString() }));
  return canonicalize({ effectiveAt: effectiveAt.toISOString(), transfers: rows.sort() });
}

/** The content of stored transactions, read back from their canonical texts. */
export function contentOfCanonical(effectiveAt: Date, canonicals: readonly string[]): string {
  const transactions = canonicals.map((text) => JSON.parse(text) as CanonicalTransaction);
  const lines = new Map(transactions.flatMap(({ entries }) => entries.map(({ id, line }) => [id, line])));
  const transfers = transactions.flatMap(({ book, entries }) =>
    entries.map((entry) => ({
      bookId: book,
      counterpartyId: entry.counterparty,
      debit: entry.debit.kind,
      credit: entry.credit.kind,
      amount: BigInt(entry.amount),
      currency: entry.currency,
      sourceLine: entry.line,
      twinLine: entry.twin === null ? null : (lines.get(entry.twin) ?? null),
    })),
  );
  return contentOf(effectiveAt, transfers);
}

/** What a canonical text reads back as, as far as a posting is concerned. */
export interface CanonicalTransaction {
  book: string;
  entries: {
    id: string;
    counterparty: string;
    currency: string;
    amount: string;
    debit: { kind: AccountKind };
    credit: { kind: AccountKind };
    twin: string | null;
    line: string | null;
  }[];
}
