import type { BookPostings } from './document.js';
import type { CanonicalTransaction } from './transaction.js';

/**
 * The postings that undo those of a document (domain contract, section 11: a reversal is a new transaction):
 * every entry with debit and credit exchanged, by the canonical texts that were stored of it.
 */
export function reversalPostings(canonicals: readonly string[]): BookPostings[] {
  return canonicals.map((text) => {
    const { book, entries } = JSON.parse(text) as CanonicalTransaction;
    return {
      bookId: book,
      counterpartyId: entries[0]!.counterparty,
      transfers: entries.map(({ id, twin, debit, credit, amount, currency, line }) => ({
        debit: credit.kind,
        credit: debit.kind,
        amount: BigInt(amount),
        currency,
        ...(line !== null && { sourceLine: line }),
        // The pair's smaller id is the same seen from both books.
        ...(twin !== null && { mirror: id < twin ? id : twin }),
      })),
    };
  });
}
