import { Injectable } from '@nestjs/common';
import { Database, type Transaction } from '../platform/database/index.js';
import { newId, newIds } from '../platform/ids/index.js';
import { ledgerProblems } from './ledger.errors.js';
import {
  balanceOf,
  byCounterparty,
  NOTHING_OWED,
  totalsOf,
  withUnbilled,
  type CounterpartyBalance,
  type LedgerBalance,
  type Position,
  type Unbilled,
} from './rules/balances.js';
import { faultIn, type PostingDocument } from './rules/document.js';
import { accountKey, accountsOf, contentOfDocument, idsOf, postDocument } from './rules/post.js';
import { reversalPostings } from './rules/reversal-postings.js';
import { contentOfCanonical } from './rules/transaction.js';
import { createAccounts } from './sql/create-accounts.js';
import { createHeads } from './sql/create-heads.js';
import { findEntryPlace, type EntryPlace } from './sql/find-entry-place.js';
import { findSource } from './sql/find-source.js';
import { insertPostings } from './sql/insert-postings.js';
import { listAccounts, type AccountFilter, type LedgerAccount } from './sql/list-accounts.js';
import { listEntries, type EntryFilter, type EntryRecord } from './sql/list-entries.js';
import { listLedgerAgreements } from './sql/list-ledger-agreements.js';
import { readLinks, type ChainRange, type Link } from './sql/read-links.js';
import { lockBooks, type LockedBooks } from './sql/lock-books.js';
import { readBalancesAsOf, type AsOf } from './sql/read-balances-as-of.js';
import { readBalances, type BalancesOf } from './sql/read-balances.js';
import { readPosted, type PostedChange, type PostedSource } from './sql/read-posted.js';
import { sumPositions, type BookPosition } from './sql/sum-positions.js';
import { verifyLedger, type Verification } from './verify-ledger.js';

/** Bounds what is held in memory: a statement's transaction may have many entries. */
const LINKS_A_PAGE = 100;

/** Tells what each open period of a provider has accrued so far; a room above knows. */
export type UnbilledSource = (bookId: string) => Promise<readonly Unbilled[]>;

/** Names agreements, which the ledger knows by id only; a room above knows their codes. */
export interface AgreementCodes {
  /** The codes of those ids that are agreements. */
  codesOf(agreementIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The agreement with this code, or null. */
  idOf(code: string): Promise<string | null>;
}

export interface BalanceReport {
  /** The effective instant that was asked for, or the present. */
  asOf: Date;
  balances: CounterpartyBalance[];
  /** By currency. */
  totals: ReturnType<typeof totalsOf>;
}

/** The books: postings, balances, journal and proof. See README.md for what it holds and does not own. */
@Injectable()
export class LedgerService {
  private unbilledSource: UnbilledSource = () => Promise.resolve([]);
  private agreements: AgreementCodes = {
    codesOf: () => Promise.resolve(new Map()),
    idOf: () => Promise.resolve(null),
  };

  constructor(private readonly database: Database) {}

  /** Connects the room that knows open periods' accruals; without it nothing is unbilled. */
  provideUnbilled(source: UnbilledSource): void {
    this.unbilledSource = source;
  }

  /** Connects the room that knows the agreements' codes; without it codes are null. */
  provideAgreementCodes(agreements: AgreementCodes): void {
    this.agreements = agreements;
  }

  /**
   * Posts a source document in the caller's transaction, at most once: posted again with the same content it
   * changes nothing, with other content it is a `ledger_source_conflict`. It keeps the agreement's books
   * locked until the transaction ends, and takes the recorded time, so call it late in the transaction.
   */
  async post(document: PostingDocument): Promise<{ posted: boolean }> {
    const fault = faultIn(document);
    if (fault) {
      const source = `${document.sourceKind} ${document.sourceId}`;
      throw ledgerProblems.ledger_document_invalid(`The postings of ${source} are invalid: ${fault}.`);
    }
    return this.database.transaction(async (tx) => {
      const locked = await lockOrOpenBooks(tx, document);
      if (document.books.some(({ transfers }) => transfers.length > 0)) {
        const posting = postDocument(document, locked, newIds(idsOf(document)));
        if (await insertPostings(tx, document.agreementId, posting)) return { posted: true };
      }
      await refuseOtherContent(tx, document);
      return { posted: false };
    });
  }

  /**
   * Undoes a source document by a new one, in the caller's transaction: the same entries with debit and credit
   * exchanged, in the same books. Nothing is posted where nothing had been. Reversing again changes nothing.
   */
  async reverse(
    of: Pick<PostingDocument, 'agreementId' | 'sourceKind' | 'sourceId'>,
    by: Pick<PostingDocument, 'sourceKind' | 'sourceId' | 'effectiveAt'>,
  ): Promise<{ posted: boolean }> {
    const stored = await findSource(this.database, of);
    const books = reversalPostings(stored.map(({ canonical }) => canonical));
    return this.post({ agreementId: of.agreementId, ...by, books });
  }

  /** What source documents of an agreement changed, by document and book; nothing of those that posted nothing. */
  async posted(agreementId: string, sources: readonly PostedSource[]): Promise<PostedChange[]> {
    return readPosted(this.database, agreementId, sources);
  }

  /** Keeps an agreement's books as they are, once they have postings, until the caller's transaction ends. */
  async hold(agreementId: string): Promise<void> {
    await lockBooks(this.database, agreementId, []);
  }

  /** What one book says of one agreement in one currency now; zeros before anything is posted. */
  async position(of: { bookId: string; agreementId: string; currency: string }): Promise<Position> {
    const [sums] = await readBalances(this.database, of);
    return sums ? balanceOf(sums) : NOTHING_OWED;
  }

  /**
   * A provider's balances, per counterparty and currency over all its agreements. Without instants they are
   * what the accounts hold now; with them, the sum of the entries up to and including those instants.
   */
  async balances(query: BalancesOf & AsOf): Promise<LedgerBalance[]> {
    const past = query.asOf !== undefined || query.recordedAsOf !== undefined;
    const sums = await (past ? readBalancesAsOf : readBalances)(this.database, query);
    return byCounterparty(withUnbilled(sums, [])).map(
      ({ unbilled: _, agreements: __, ...balance }) => balance,
    );
  }

  /**
   * The balances as they are told to their owner, all of one moment: by counterparty and currency, each with
   * its agreements, and in total by currency; with what is not billed yet, which is known for the present only
   * and 0 for any instant that is named.
   */
  async balanceReport(query: BalancesOf & AsOf): Promise<BalanceReport> {
    const past = query.asOf !== undefined || query.recordedAsOf !== undefined;
    const asOf = query.asOf ?? new Date();
    return this.database.snapshot(async (tx) => {
      const sums = await (past ? readBalancesAsOf : readBalances)(tx, query);
      const accruals = past ? [] : await this.unbilledSource(query.bookId);
      const wanted = accruals.filter(
        ({ agreementId, counterpartyId, currency }) =>
          agreementId === (query.agreementId ?? agreementId) &&
          counterpartyId === (query.counterpartyId ?? counterpartyId) &&
          currency === (query.currency ?? currency),
      );
      const balances = byCounterparty(withUnbilled(sums, wanted));
      return { asOf, balances, totals: totalsOf(balances) };
    });
  }

  /** The accounts of a provider's book in the order of their ids. */
  async accounts(filter: AccountFilter): Promise<LedgerAccount[]> {
    return listAccounts(this.database, filter);
  }

  /** The journal of a provider's book in the order of effective time. */
  async entries(filter: EntryFilter): Promise<EntryRecord[]> {
    return listEntries(this.database, filter);
  }

  /** What each provider's whole book has open, by currency; all add up to zero in each. */
  async bookPositions(currency: string | null): Promise<BookPosition[]> {
    return sumPositions(this.database, currency);
  }

  /** A part of a chain, link by link in its order, read a page at a time. */
  async *links(range: ChainRange): AsyncGenerator<Link> {
    for (let { after } = range; ;) {
      const page = await readLinks(this.database, { ...range, after }, LINKS_A_PAGE);
      yield* page;
      if (page.length < LINKS_A_PAGE) return;
      after = page.at(-1)!.sequence;
    }
  }

  /** Where an entry of a book stands in its chain, if it is one of these agreements'. */
  async entryPlace(
    bookId: string,
    entryId: string,
    agreementIds: readonly string[],
  ): Promise<EntryPlace | undefined> {
    return findEntryPlace(this.database, { bookId, entryId, agreementIds });
  }

  /** Every agreement of which anything is in the ledger. */
  async agreementIds(): Promise<string[]> {
    return listLedgerAgreements(this.database);
  }

  async agreementCodes(agreementIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return agreementIds.length === 0 ? new Map() : this.agreements.codesOf([...new Set(agreementIds)]);
  }

  async agreementId(code: string): Promise<string | null> {
    return this.agreements.idOf(code);
  }

  /**
   * Recomputes the ledger, or one agreement's part, from its stored canonical bytes and names the first thing
   * that does not hold. Each agreement is read in a snapshot of its own.
   */
  async verify(query: { agreementId?: string } = {}): Promise<Verification> {
    return verifyLedger(this.database, query.agreementId);
  }
}

/** Both parties' books, also for a document of one, with every account that it touches: see `lockBooks`. */
async function lockOrOpenBooks(tx: Transaction, document: PostingDocument): Promise<LockedBooks> {
  const { agreementId, books } = document;
  const names = accountsOf(document);
  const needed = new Set(books.flatMap(({ bookId, counterpartyId }) => [bookId, counterpartyId]));
  let locked = await lockBooks(tx, agreementId, names);
  for (const { bookId } of locked.heads) needed.delete(bookId);
  if (needed.size > 0) {
    await createHeads(tx, agreementId, [...needed]);
    locked = await lockBooks(tx, agreementId, names);
  }
  const known = new Set(locked.accounts.map(accountKey));
  const missing = names.filter((name) => !known.has(accountKey(name)));
  if (missing.length === 0) return locked;
  const opened = missing.map((name) => ({ ...name, id: newId() }));
  await createAccounts(tx, agreementId, opened, locked.recordedAt);
  // The same instant, since an account is as old as the first of its entries.
  return { ...(await lockBooks(tx, agreementId, names)), recordedAt: locked.recordedAt };
}

/** What was posted for the source before, if anything was, has to say the same. */
async function refuseOtherContent(tx: Transaction, document: PostingDocument): Promise<void> {
  const stored = await findSource(tx, document);
  const [first] = stored;
  if (!first) return;
  const before = contentOfCanonical(
    first.effectiveAt,
    stored.map(({ canonical }) => canonical),
  );
  if (before === contentOfDocument(document)) return;
  const source = `${document.sourceKind} ${document.sourceId}`;
  throw ledgerProblems.ledger_source_conflict(`${source} is posted already, with other content.`);
}
