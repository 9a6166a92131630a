import type { AccountKind } from './accounts.js';
import type { BookPostings, PostingDocument, Transfer } from './document.js';
import {
  canonicalText,
  chainHash,
  contentOf,
  type EntrySide,
  type LedgerEntry,
  type LedgerTransaction,
  type PostedTransfer,
} from './transaction.js';

/** The last link of a book's chain; sequence 0 and no hash while it is empty. */
export interface ChainHead {
  bookId: string;
  sequence: bigint;
  sha256: Buffer | null;
}

/** What an account is found by within an agreement. */
export interface AccountName {
  bookId: string;
  counterpartyId: string;
  kind: AccountKind;
  currency: string;
}

/** An account with its balance, debit positive, and the number of entries that touched it. */
export interface AccountState extends AccountName {
  id: string;
  balance: bigint;
  version: bigint;
}

/** A transaction ready to be stored. */
export interface ChainedTransaction extends LedgerTransaction {
  canonical: string;
  previousSha256: Buffer | null;
  sha256: Buffer;
}

export interface Posting {
  transactions: ChainedTransaction[];
  /** The accounts that changed, as they are afterwards. */
  accounts: AccountState[];
}

/** A key for maps; an account belongs to one agreement, which the caller knows. */
export function accountKey({ bookId, kind, currency }: Omit<AccountName, 'counterpartyId'>): string {
  return `${bookId} ${kind} ${currency}`;
}

/** The accounts that a document touches, each once, in the order in which they are locked. */
export function accountsOf(document: PostingDocument): AccountName[] {
  const names: AccountName[] = [];
  for (const { bookId, counterpartyId, transfers } of document.books) {
    const own: AccountName[] = [];
    for (const { debit, credit, currency } of transfers) {
      for (const kind of [debit, credit]) {
        // A book has few accounts, so looking through them is quicker than a map of long keys.
        if (!own.some((each) => each.kind === kind && each.currency === currency))
          own.push({ bookId, counterpartyId, kind, currency });
      }
    }
    names.push(...own);
  }
  return names.sort((a, b) => (accountKey(a) < accountKey(b) ? -1 : 1));
}

/** What a document says, to compare with what was posted for its source before. */
export function contentOfDocument(document: PostingDocument): string {
  const [first, second] = document.books;
  const transfers = document.books.flatMap((book) => {
    const other = linesByMirror(book === first ? second : first);
    return book.transfers.map((transfer): PostedTransfer => ({
      bookId: book.bookId,
      counterpartyId: book.counterpartyId,
      debit: transfer.debit,
      credit: transfer.credit,
      amount: transfer.amount,
      currency: transfer.currency,
      sourceLine: transfer.sourceLine ?? null,
      twinLine: transfer.mirror === undefined ? null : (other.get(transfer.mirror) ?? null),
    }));
  });
  return contentOf(new Date(document.effectiveAt), transfers);
}

function linesByMirror(book: BookPostings | undefined): Map<string | undefined, string | null> {
  return new Map((book?.transfers ?? []).map(({ mirror, sourceLine }) => [mirror, sourceLine ?? null]));
}

/** How many ids `postDocument` takes: one for each entry, and one for each transaction. */
export function idsOf({ books }: PostingDocument): number {
  return books.reduce((sum, { transfers }) => sum + transfers.length + 1, 0);
}

/**
 * Turns a faultless document into one transaction a book: entries with running balances and twins, and the
 * next link of each book's chain. `heads` and `accounts` are what is stored now, and locked.
 */
export function postDocument(
  document: PostingDocument,
  state: { heads: readonly ChainHead[]; accounts: readonly AccountState[]; recordedAt: Date },
  nextId: () => string,
): Posting {
  const heads = new Map(state.heads.map((head) => [head.bookId, head]));
  const accounts = state.accounts.map((account) => ({ ...account }));
  const ids = entryIds(document.books, nextId);
  const transactions = document.books.flatMap((book, bookIndex): ChainedTransaction[] => {
    if (book.transfers.length === 0) return [];
    const head = heads.get(book.bookId);
    if (!head) throw new RangeError(`No chain head for book ${book.bookId}`);
    const own = accounts.filter(({ bookId }) => bookId === book.bookId);
    const transaction: LedgerTransaction = {
      agreementId: document.agreementId,
      bookId: book.bookId,
      sequence: head.sequence + 1n,
      id: nextId(),
      sourceKind: document.sourceKind,
      sourceId: document.sourceId,
      effectiveAt: new Date(document.effectiveAt),
      recordedAt: state.recordedAt,
      entries: book.transfers.map((transfer, index) =>
        entryOf(book.counterpartyId, transfer, index + 1, ids[bookIndex]![index]!, own),
      ),
    };
    const canonical = canonicalText(transaction);
    const sha256 = chainHash(head.sha256, canonical);
    return [{ ...transaction, canonical, previousSha256: head.sha256, sha256 }];
  });
  return { transactions, accounts };
}

interface EntryIds {
  id: string;
  twinId: string | null;
}

/** Ids by book and position, the two entries of a pair naming each other. */
function entryIds(books: readonly BookPostings[], nextId: () => string): EntryIds[][] {
  const waiting = new Map<string, EntryIds>();
  return books.map(({ transfers }) =>
    transfers.map(({ mirror }) => {
      const own: EntryIds = { id: nextId(), twinId: null };
      if (mirror === undefined) return own;
      const twin = waiting.get(mirror);
      if (!twin) waiting.set(mirror, own);
      else {
        own.twinId = twin.id;
        twin.twinId = own.id;
      }
      return own;
    }),
  );
}

function entryOf(
  counterpartyId: string,
  { debit, credit, amount, currency, sourceLine }: Transfer,
  position: number,
  { id, twinId }: EntryIds,
  accounts: readonly AccountState[],
): LedgerEntry {
  return {
    id,
    twinId,
    position,
    counterpartyId,
    currency,
    amount,
    debit: move(accounts, debit, currency, amount),
    credit: move(accounts, credit, currency, -amount),
    sourceLine: sourceLine ?? null,
  };
}

/** Moves one of a book's few accounts on, and gives it as it is then. */
function move(
  accounts: readonly AccountState[],
  kind: AccountKind,
  currency: string,
  change: bigint,
): EntrySide {
  const account = accounts.find((each) => each.kind === kind && each.currency === currency);
  if (!account) throw new RangeError(`No account ${kind} of ${currency}`);
  account.balance += change;
  account.version += 1n;
  return { accountId: account.id, kind, balance: account.balance, version: account.version };
}
