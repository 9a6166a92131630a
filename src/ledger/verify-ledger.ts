import type { Database, Queryable } from '../platform/database/index.js';
import { checkEnd, checkTransaction, startOfChain, type ChainProblem } from './rules/verify-chain.js';
import type { StoredTransaction } from './rules/verify-chain.js';
import { listLedgerAgreements } from './sql/list-ledger-agreements.js';
import { readBookAccounts } from './sql/read-book-accounts.js';
import { readChainEntries, type StoredEntry } from './sql/read-chain-entries.js';
import { readChains, type ChainRow } from './sql/read-chains.js';
import { readTransactions, type TransactionHeader } from './sql/read-transactions.js';

/** Bounds what is held in memory; a statement has some tens of entries. */
const TRANSACTIONS_PER_READ = 200;

export type Verification =
  | { ok: true; transactions: number; entries: number }
  | { ok: false; firstProblem: ChainProblem & { agreementId: string } };

type Counts = { transactions: number; entries: number };

/** Checks every chain of one agreement, or of all, in the order of agreement, book and sequence. */
export async function verifyLedger(database: Database, agreementId?: string): Promise<Verification> {
  const agreements = agreementId === undefined ? await listLedgerAgreements(database) : [agreementId];
  const counts: Counts = { transactions: 0, entries: 0 };
  for (const each of agreements) {
    const problem = await database.snapshot((tx) => verifyAgreement(tx, each, counts));
    if (problem) return { ok: false, firstProblem: { agreementId: each, ...problem } };
  }
  return { ok: true, ...counts };
}

async function verifyAgreement(
  db: Queryable,
  agreementId: string,
  counts: Counts,
): Promise<ChainProblem | null> {
  const chains = await readChains(db, agreementId);
  const [, , third] = chains;
  if (third)
    return { bookId: third.bookId, sequence: null, what: 'an agreement has two books, and this is a third' };
  for (const chain of chains) {
    const problem = await verifyChain(db, agreementId, chain, counts);
    if (problem) return problem;
  }
  return null;
}

async function verifyChain(
  db: Queryable,
  agreementId: string,
  chain: ChainRow,
  counts: Counts,
): Promise<ChainProblem | null> {
  const { bookId } = chain;
  const check = startOfChain(bookId);
  let after: bigint | null = null;
  for (;;) {
    const headers: TransactionHeader[] = await readTransactions(
      db,
      { agreementId, bookId, after },
      TRANSACTIONS_PER_READ,
    );
    const [first, last] = [headers[0], headers.at(-1)];
    if (!first || !last) break;
    const run = { agreementId, bookId, first: first.sequence, last: last.sequence };
    const entries = entriesBySequence(await readChainEntries(db, run));
    for (const header of headers) {
      const problem = checkTransaction(check, storedTransaction(header, entries.get(header.sequence) ?? []));
      if (problem) return problem;
    }
    counts.transactions += headers.length;
    after = last.sequence;
  }
  counts.entries += check.entryCount;
  return checkEnd(check, { ...chain, accounts: await readBookAccounts(db, agreementId, bookId) });
}

function entriesBySequence(entries: readonly StoredEntry[]): Map<bigint, StoredEntry[]> {
  const grouped = new Map<bigint, StoredEntry[]>();
  for (const entry of entries) {
    const group = grouped.get(entry.sequence);
    if (group) group.push(entry);
    else grouped.set(entry.sequence, [entry]);
  }
  return grouped;
}

function storedTransaction(header: TransactionHeader, entries: StoredEntry[]): StoredTransaction {
  return {
    ...header,
    entries,
    unmirrored: entries.filter(({ mirrored }) => !mirrored).map(({ position }) => position),
  };
}
