import type { BookPostings } from './document.js';
import { mirroredBooks, type MirroredTransfer } from './mirrored-books.js';

/** What stands open between two parties, undisputed, as the payer's book has it; below 0 once overpaid. */
export interface OpenPosition {
  payable: bigint;
  receivable: bigint;
}

/** A payment as the ledger books it. */
export interface ConfirmedPayment {
  /** Provider ids. */
  payer: string;
  payee: string;
  /** Minor units, above 0. */
  amount: bigint;
  currency: string;
  /** What was open before it. */
  open: OpenPosition;
  /** Whether the agreement's terms net both ways. */
  netting: boolean;
}

/**
 * A confirmed payment (domain contract, section 11): the payer debits `payable` and credits `cash_clearing`,
 * the payee debits `cash_clearing` and credits `receivable`. Where the agreement nets, what both owe each
 * other is offset first. An overpayment leaves `payable` below 0. Where both parties have overpaid, so that
 * the payment was a refund, the two overpayments are offset last, netting or not: they are the same money
 * going back.
 */
export function paymentPostings(payment: ConfirmedPayment): BookPostings[] {
  const { payer, payee, amount, currency, open } = payment;
  const offset = payment.netting ? mutual(open.payable, open.receivable) : 0n;
  const refunded = mutual(-(open.payable - offset - amount), -(open.receivable - offset));
  const fact = { bookId: payer, counterpartyId: payee, currency };
  const facts: MirroredTransfer[] = [
    { ...fact, debit: 'payable', credit: 'receivable', amount: offset, sourceLine: 'offset' },
    { ...fact, debit: 'payable', credit: 'cash_clearing', amount, sourceLine: 'payment' },
    { ...fact, debit: 'receivable', credit: 'payable', amount: refunded, sourceLine: 'refund' },
  ];
  return mirroredBooks(facts);
}

/** What both have against each other: the smaller of the two where both are above 0. */
function mutual(one: bigint, other: bigint): bigint {
  const smaller = one < other ? one : other;
  return smaller > 0n ? smaller : 0n;
}
