import { mirrorOf } from './accounts.js';
import type { BookPostings, Transfer } from './document.js';

/** A fact that concerns both parties, told from the side of the book it names. */
export interface MirroredTransfer extends Omit<Transfer, 'mirror' | 'amount'> {
  /** The provider in whose book `debit` and `credit` are meant. */
  bookId: string;
  counterpartyId: string;
  /** Minor units; a negative amount is posted with debit and credit exchanged, 0 not at all. */
  amount: bigint;
}

/**
 * Both books' postings of facts told from one side: the other side gets each transfer's mirror image, so what
 * one owes is always what the other is owed (domain contract, section 11). All facts are of two providers.
 */
export function mirroredBooks(facts: Iterable<MirroredTransfer>): BookPostings[] {
  const books = new Map<string, { counterpartyId: string; transfers: Transfer[] }>();
  let pair = 0;
  for (const { bookId, counterpartyId, amount, debit, credit, ...rest } of facts) {
    if (bookId === counterpartyId) throw new RangeError('A provider owes itself nothing');
    if (amount === 0n) continue;
    const [from, to] = amount > 0n ? [debit, credit] : [credit, debit];
    const mirroredDebit = mirrorOf(to);
    const mirroredCredit = mirrorOf(from);
    if (!mirroredDebit || !mirroredCredit) throw new RangeError(`${from} to ${to} has no mirror image`);
    const common = { ...rest, amount: amount > 0n ? amount : -amount, mirror: String((pair += 1)) };
    open(books, bookId, counterpartyId).push({ ...common, debit: from, credit: to });
    open(books, counterpartyId, bookId).push({ ...common, debit: mirroredDebit, credit: mirroredCredit });
  }
  return [...books]
    .map(([bookId, book]) => ({ bookId, ...book }))
    .sort((a, b) => (a.bookId < b.bookId ? -1 : 1));
}

function open(
  books: Map<string, { counterpartyId: string; transfers: Transfer[] }>,
  bookId: string,
  counterpartyId: string,
): Transfer[] {
  const book = books.get(bookId) ?? { counterpartyId, transfers: [] };
  books.set(bookId, book);
  return book.transfers;
}
