import type { BookPostings } from './document.js';
import { mirroredBooks } from './mirrored-books.js';

/** Source kind of a dispute's step in the ledger; its source id is the step's, its line the dispute's id. */
export const DISPUTE_STEP = 'dispute_step';

/** What one step of a dispute withholds of one line from payment, or gives back to it. */
export interface DisputedAmount {
  /** Provider ids of the disputed line. */
  payer: string;
  payee: string;
  /** Minor units: above 0 is withheld from now on, below 0 is payable again, 0 posts nothing. */
  amount: bigint;
  currency: string;
  /** Id of the dispute, by which its entries are found. */
  disputeId: string;
}

/**
 * A step of a dispute (domain contract, section 11): each amount moves between `payable` and
 * `disputed_payable` in the payer's book and between `receivable` and `disputed_receivable` in the payee's.
 * What is owed in all stays the same. Post it under {@link DISPUTE_STEP}, with the step's own id and instant,
 * so that a step that is posted again changes nothing.
 */
export function disputePostings(step: Iterable<DisputedAmount>): BookPostings[] {
  return mirroredBooks(
    Array.from(step, ({ payer, payee, amount, currency, disputeId }) => ({
      bookId: payer,
      counterpartyId: payee,
      debit: 'payable' as const,
      credit: 'disputed_payable' as const,
      amount,
      currency,
      sourceLine: disputeId,
    })),
  );
}
