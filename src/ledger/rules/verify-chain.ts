import { accountKey, type AccountState, type ChainHead } from './post.js';
import { canonicalText, chainHash, type EntrySide, type LedgerTransaction } from './transaction.js';

/** A transaction as it is stored, to be held against its own canonical bytes. */
export interface StoredTransaction extends LedgerTransaction {
  canonical: string;
  previousSha256: Buffer | null;
  sha256: Buffer;
  /** Whether the instants are whole milliseconds, as they are in the canonical text. */
  instantsWhole: boolean;
  /** Positions of entries whose twin is missing, is not their mirror image or has another source. */
  unmirrored: readonly number[];
}

/** What is stored about one book beside its transactions. */
export interface StoredChain {
  head: ChainHead | null;
  accounts: readonly AccountState[];
  /** All entries of the book, also those without a transaction. */
  entryCount: number;
  /** Whether the head carries the time of its transaction, and each account that of its first entry. */
  timesAgree: boolean;
}

/** How far a chain has been checked. */
export interface ChainCheck {
  bookId: string;
  sequence: bigint;
  sha256: Buffer | null;
  entryCount: number;
  accounts: Map<string, AccountState & { lastSequence: bigint }>;
}

/** The first thing that is wrong with a chain; `sequence` null where no transaction can be named. */
export interface ChainProblem {
  bookId: string;
  sequence: bigint | null;
  what: string;
}

export function startOfChain(bookId: string): ChainCheck {
  return { bookId, sequence: 0n, sha256: null, entryCount: 0, accounts: new Map() };
}

/** Checks the next transaction of a chain and moves `check` past it (domain contract, section 11). */
export function checkTransaction(check: ChainCheck, stored: StoredTransaction): ChainProblem | null {
  const expected = check.sequence + 1n;
  const what = faultInLink(check, stored, expected) ?? faultInEntries(check, stored);
  if (what) {
    const sequence = stored.sequence < expected ? stored.sequence : expected;
    return { bookId: check.bookId, sequence, what };
  }
  check.sequence = stored.sequence;
  check.sha256 = stored.sha256;
  check.entryCount += stored.entries.length;
  return null;
}

function faultInLink(check: ChainCheck, stored: StoredTransaction, expected: bigint): string | null {
  if (stored.sequence !== expected)
    return stored.sequence > expected ? 'the transaction is missing' : 'the sequence is not above 0';
  if (!sameHash(stored.previousSha256, check.sha256))
    return 'the previous hash is not that of the transaction before it';
  if (!sameHash(stored.sha256, chainHash(stored.previousSha256, stored.canonical)))
    return 'the hash is not that of the canonical bytes';
  if (canonicalText(stored) !== stored.canonical || !stored.instantsWhole)
    return 'the stored transaction or its entries differ from the canonical bytes';
  return stored.entries.length === 0 ? 'the transaction has no entries' : null;
}

function faultInEntries(check: ChainCheck, stored: StoredTransaction): string | null {
  for (const { position, counterpartyId, currency, amount, debit, credit } of stored.entries) {
    const name = { bookId: stored.bookId, counterpartyId, currency };
    for (const [side, change] of [
      [debit, amount],
      [credit, -amount],
    ] as const) {
      const account = accountAt(check, { ...name, kind: side.kind }, side);
      account.balance += change;
      account.version += 1n;
      account.lastSequence = stored.sequence;
      if (
        account.balance !== side.balance ||
        account.version !== side.version ||
        account.id !== side.accountId
      )
        return `entry ${position}: the running balance of ${side.kind} ${currency} is not that of its entries`;
    }
  }
  const [alone] = stored.unmirrored;
  return alone === undefined ? null : `entry ${alone}: it has no mirror image in the other book`;
}

function accountAt(
  check: ChainCheck,
  name: Omit<AccountState, 'id' | 'balance' | 'version'>,
  side: EntrySide,
): AccountState & { lastSequence: bigint } {
  const key = accountKey(name);
  const known = check.accounts.get(key);
  if (known) return known;
  const fresh = { ...name, id: side.accountId, balance: 0n, version: 0n, lastSequence: 0n };
  check.accounts.set(key, fresh);
  return fresh;
}

/** Checks what is stored beside the transactions, once all of them have been checked. */
export function checkEnd(check: ChainCheck, chain: StoredChain): ChainProblem | null {
  const { bookId, sequence } = check;
  const head = chain.head ?? { bookId, sequence: 0n, sha256: null };
  if (head.sequence > sequence)
    return { bookId, sequence: sequence + 1n, what: 'the transaction is missing' };
  if (head.sequence < sequence || !sameHash(head.sha256, check.sha256))
    return { bookId, sequence, what: "the chain's head does not name the last transaction" };
  if (chain.entryCount !== check.entryCount)
    return { bookId, sequence: null, what: 'the book has entries without a transaction' };
  const fault = faultInAccounts(check, chain.accounts);
  if (fault || chain.timesAgree) return fault;
  return {
    bookId,
    sequence: null,
    what: 'the head or an account carries another time than its transactions',
  };
}

function faultInAccounts(check: ChainCheck, stored: readonly AccountState[]): ChainProblem | null {
  const { bookId } = check;
  const sums = new Map<string, bigint>();
  const missing = new Map(check.accounts);
  for (const account of stored) {
    const { kind, currency } = account;
    const computed = check.accounts.get(accountKey(account));
    if (!computed || !missing.delete(accountKey(account)))
      return {
        bookId,
        sequence: null,
        what: `the account ${kind} ${currency} is there without entries, or twice`,
      };
    const same =
      account.balance === computed.balance &&
      account.version === computed.version &&
      account.id === computed.id &&
      account.counterpartyId === computed.counterpartyId;
    const sequence = computed.lastSequence;
    if (!same)
      return { bookId, sequence, what: `the account ${kind} ${currency} is not the sum of its entries` };
    sums.set(currency, (sums.get(currency) ?? 0n) + account.balance);
  }
  for (const { kind, currency, lastSequence } of missing.values())
    return { bookId, sequence: lastSequence, what: `the account ${kind} ${currency} is missing` };
  for (const [currency, sum] of sums)
    if (sum !== 0n)
      return { bookId, sequence: null, what: `the accounts of ${currency} do not add up to zero` };
  return null;
}

function sameHash(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}
