import { isCurrency } from '../../money/index.js';
import { mirrorOf, type AccountKind } from './accounts.js';

/** One debit and one credit of the same amount: it balances by its shape (domain contract, section 11). */
export interface Transfer {
  debit: AccountKind;
  credit: AccountKind;
  /** Minor units, above 0; what is negative is posted the other way round. */
  amount: bigint;
  currency: string;
  /** Which line, credit or step of the source document it books: 1 to 200 printable ASCII characters. */
  sourceLine?: string;
  /** The same key on the transfer in the other book that books the same fact; none for credits. */
  mirror?: string;
}

/** The transfers of one source document in one provider's book. */
export interface BookPostings {
  bookId: string;
  counterpartyId: string;
  transfers: readonly Transfer[];
}

/** A source document as the ledger books it: one agreement, one or both of its books. */
export interface PostingDocument {
  agreementId: string;
  /** What kind of document, such as `statement` or `payment`; with `sourceId` it is posted at most once. */
  sourceKind: string;
  sourceId: string;
  /** When it takes effect, to the millisecond: a statement's issue, a payment's `paidAt`, a dispute's step. */
  effectiveAt: Date | number;
  books: readonly BookPostings[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SOURCE_KIND = /^[a-z][a-z_]{0,39}$/;
/** Printable ASCII only, so that the canonical bytes survive any encoding on their way. */
const SOURCE_LINE = /^[\x20-\x7e]{1,200}$/;
const FIRST_YEAR_0001 = -62_135_596_800_000;
const LAST_YEAR_9999 = 253_402_300_799_999;
/** What numeric(38,0) holds. */
const MAX_AMOUNT = 10n ** 38n - 1n;

/** What is wrong with a document, or null. Whatever is wrong is the calling room's defect, not a client's. */
export function faultIn(document: PostingDocument): string | null {
  if (!UUID.test(document.agreementId)) return 'agreementId is no lower-case UUID';
  if (!UUID.test(document.sourceId)) return 'sourceId is no lower-case UUID';
  if (!SOURCE_KIND.test(document.sourceKind)) return `sourceKind ${document.sourceKind} is no plain word`;
  const effectiveAt_ms = Number(document.effectiveAt);
  if (!Number.isInteger(effectiveAt_ms)) return 'effectiveAt is no instant in whole milliseconds';
  if (effectiveAt_ms < FIRST_YEAR_0001 || effectiveAt_ms > LAST_YEAR_9999)
    return 'effectiveAt is out of range';
  return faultInBooks(document.books);
}

function faultInBooks(books: readonly BookPostings[]): string | null {
  if (books.length > 2) return 'an agreement has two books';
  for (const { bookId, counterpartyId } of books) {
    if (!UUID.test(bookId) || !UUID.test(counterpartyId))
      return 'a book or counterparty is no lower-case UUID';
    if (bookId === counterpartyId) return 'a provider has no book with itself';
  }
  const [first, second] = books;
  if (first && second && (first.bookId !== second.counterpartyId || second.bookId !== first.counterpartyId))
    return "the two books are not each other's counterparty";
  for (const book of books) {
    for (const transfer of book.transfers) {
      const fault = faultInTransfer(transfer);
      if (fault) return fault;
    }
  }
  return faultInPairs(first?.transfers ?? [], second?.transfers ?? []);
}

function faultInTransfer(transfer: Transfer): string | null {
  const { debit, credit, amount, currency, sourceLine, mirror } = transfer;
  const name = `${debit} to ${credit}`;
  if (typeof amount !== 'bigint' || amount <= 0n || amount > MAX_AMOUNT)
    return `${name}: the amount must be above 0 and have at most 38 digits`;
  if (debit === credit) return `${name}: debit and credit are the same account`;
  if (!isCurrency(currency)) return `${name}: ${currency} is no currency`;
  if (sourceLine !== undefined && !SOURCE_LINE.test(sourceLine))
    return `${name}: sourceLine must be 1 to 200 printable ASCII characters`;
  const mirrored = mirrorOf(debit) !== null;
  if (mirrored !== (mirrorOf(credit) !== null))
    return `${name}: moves between what the counterparty shares and what it does not`;
  if (mirrored !== (mirror !== undefined))
    return mirrored ? `${name}: has no mirror in the other book` : `${name}: has no counterpart to mirror`;
  return null;
}

function faultInPairs(first: readonly Transfer[], second: readonly Transfer[]): string | null {
  const partners = new Map<string, Transfer>();
  for (const transfer of second) {
    if (transfer.mirror === undefined) continue;
    if (partners.has(transfer.mirror)) return `mirror ${transfer.mirror} occurs twice in one book`;
    partners.set(transfer.mirror, transfer);
  }
  for (const transfer of first) {
    if (transfer.mirror === undefined) continue;
    const partner = partners.get(transfer.mirror);
    if (!partner) return `mirror ${transfer.mirror} has no partner, or occurs twice in one book`;
    if (!mirrors(transfer, partner)) return `mirror ${transfer.mirror}: the two transfers differ`;
    partners.delete(transfer.mirror);
  }
  const [alone] = partners.keys();
  return alone === undefined ? null : `mirror ${alone} has no partner in the other book`;
}

function mirrors(one: Transfer, other: Transfer): boolean {
  return (
    one.amount === other.amount &&
    one.currency === other.currency &&
    mirrorOf(one.debit) === other.credit &&
    mirrorOf(one.credit) === other.debit
  );
}
