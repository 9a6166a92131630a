import type { BookPostings } from './document.js';
import { mirroredBooks } from './mirrored-books.js';

/** A statement's line, as far as the ledger is concerned. */
export interface ChargedLine {
  id: string;
  /** Provider ids. An adjustment keeps the original payer and payee and has a signed amount. */
  payer: string;
  payee: string;
  amount: bigint;
}

/**
 * The issue of a statement (domain contract, section 11): who owes debits `settlement_cost` and credits
 * `payable`, the other debits `receivable` and credits `settlement_revenue`; line by line and gross both ways,
 * negative amounts reversed, zero amounts not at all.
 */
export function issuePostings(statement: { lines: Iterable<ChargedLine>; currency: string }): BookPostings[] {
  const { lines, currency } = statement;
  return mirroredBooks(
    Array.from(lines, ({ id, payer, payee, amount }) => ({
      bookId: payer,
      counterpartyId: payee,
      debit: 'settlement_cost' as const,
      credit: 'payable' as const,
      amount,
      currency,
      sourceLine: id,
    })),
  );
}
