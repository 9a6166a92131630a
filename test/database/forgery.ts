import type pg from 'pg';
import type { AccountKind } from '../../src/ledger/index.js';
import { canonicalText, chainHash, type LedgerTransaction } from '../../src/ledger/rules/transaction.js';
import type { Random } from '../support/random.js';
import { A } from './ledger-support.js';

/**
 * Rewrites both books of an agreement whole, as a clever owner of the database would: one document's amounts are
 * changed, or it is taken out, or two change places; then every balance, canonical text, hash, head and account
 * is made anew, so that the ledger agrees with itself. Gives what was done.
 */
export async function forge(owner: pg.Client, random: Random, agreementId: string): Promise<string> {
  const books = await readBooks(owner, agreementId);
  const ways = ['change amounts', 'take a document out', 'exchange two documents'] as const;
  const way = random.pick(ways);
  const sources = [...new Set([...books.values()].flat().map(sourceOf))].filter((source) =>
    [...books.values()].every((chain) => chain.some((each) => sourceOf(each) === source)),
  );
  const [one, other] = random.shuffled(sources);
  const by = BigInt(1 + random.below(1000));
  const accounts: Account[] = [];
  for (const table of ['entries', 'heads', 'transactions', 'accounts'])
    await owner.query(`DELETE FROM ledger_${table} WHERE agreement_id = $1`, [agreementId]);
  for (const [bookId, chain] of books) {
    let changed = chain;
    if (way === 'take a document out') changed = chain.filter((each) => sourceOf(each) !== one);
    if (way === 'exchange two documents') changed = exchanged(chain, one!, other!);
    if (way === 'change amounts')
      changed = chain.map((each) => (sourceOf(each) === one ? raised(each, by) : each));
    accounts.push(...(await writeChain(owner, bookId, changed)));
  }
  for (const account of accounts)
    await owner.query(
      `INSERT INTO ledger_accounts (agreement_id, id, book_id, counterparty_id, kind, currency, created_at, balance, version)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        agreementId,
        account.id,
        account.bookId,
        account.counterpartyId,
        account.kind,
        account.currency,
        account.createdAt,
        account.balance,
        account.version,
      ],
    );
  return way;
}

interface Account {
  id: string;
  bookId: string;
  counterpartyId: string;
  kind: AccountKind;
  currency: string;
  createdAt: Date;
  balance: bigint;
  version: bigint;
}

const sourceOf = ({ sourceKind, sourceId }: LedgerTransaction): string => `${sourceKind} ${sourceId}`;

async function readBooks(owner: pg.Client, agreementId: string): Promise<Map<string, LedgerTransaction[]>> {
  const { rows } = await owner.query<{ canonical: string }>(
    `SELECT canonical FROM ledger_transactions WHERE agreement_id = $1 ORDER BY book_id, sequence`,
    [agreementId],
  );
  const books = new Map<string, LedgerTransaction[]>();
  for (const { canonical } of rows) {
    const text = JSON.parse(canonical);
    const side = (of: any) => ({ accountId: of.account, kind: of.kind, balance: 0n, version: 0n });
    const transaction: LedgerTransaction = {
      agreementId: text.agreement,
      bookId: text.book,
      sequence: BigInt(text.sequence),
      id: text.id,
      sourceKind: text.source.kind,
      sourceId: text.source.id,
      effectiveAt: new Date(text.effectiveAt),
      recordedAt: new Date(text.recordedAt),
      entries: text.entries.map((entry: any) => ({
        id: entry.id,
        position: entry.position,
        counterpartyId: entry.counterparty,
        currency: entry.currency,
        amount: BigInt(entry.amount),
        debit: side(entry.debit),
        credit: side(entry.credit),
        twinId: entry.twin,
        sourceLine: entry.line,
      })),
    };
    books.set(text.book, [...(books.get(text.book) ?? []), transaction]);
  }
  // The heads that were kept name the books in this order.
  return new Map([...books].sort(([book]) => (book === A ? -1 : 1)));
}

function raised(transaction: LedgerTransaction, by: bigint): LedgerTransaction {
  const entries = transaction.entries.map((entry) => ({ ...entry, amount: entry.amount + by }));
  return { ...transaction, entries };
}

function exchanged(chain: LedgerTransaction[], one: string, other: string): LedgerTransaction[] {
  const first = chain.find((each) => sourceOf(each) === one)!;
  const second = chain.find((each) => sourceOf(each) === other)!;
  return chain.map((each) => (each === first ? second : each === second ? first : each));
}

/** Writes a chain with everything made anew that depends on what is before it; gives the accounts at its end. */
async function writeChain(
  owner: pg.Client,
  bookId: string,
  chain: readonly LedgerTransaction[],
): Promise<Account[]> {
  const accounts = new Map<string, Account>();
  let head: { sequence: bigint; sha256: Buffer | null; recordedAt: Date | null } = {
    sequence: 0n,
    sha256: null,
    recordedAt: null,
  };
  for (const each of chain) {
    const sequence = head.sequence + 1n;
    const entries = each.entries.map((entry) => {
      const move = (side: typeof entry.debit, change: bigint) => {
        const key = `${side.kind} ${entry.currency}`;
        const account = accounts.get(key) ?? {
          id: side.accountId,
          bookId,
          counterpartyId: entry.counterpartyId,
          kind: side.kind,
          currency: entry.currency,
          createdAt: each.recordedAt,
          balance: 0n,
          version: 0n,
        };
        if (each.recordedAt < account.createdAt) account.createdAt = each.recordedAt;
        accounts.set(key, account);
        account.balance += change;
        account.version += 1n;
        return { ...side, balance: account.balance, version: account.version };
      };
      return { ...entry, debit: move(entry.debit, entry.amount), credit: move(entry.credit, -entry.amount) };
    });
    const transaction = { ...each, sequence, entries };
    const canonical = canonicalText(transaction);
    const sha256 = chainHash(head.sha256, canonical);
    await writeTransaction(owner, transaction, canonical, head.sha256, sha256);
    head = { sequence, sha256, recordedAt: each.recordedAt };
  }
  await owner.query(
    `INSERT INTO ledger_heads (agreement_id, book_id, sequence, sha256, recorded_at) VALUES ($1, $2, $3, $4, $5)`,
    [chain[0]!.agreementId, bookId, head.sequence, head.sha256, head.recordedAt],
  );
  return [...accounts.values()];
}

async function writeTransaction(
  owner: pg.Client,
  of: LedgerTransaction,
  canonical: string,
  previous: Buffer | null,
  sha256: Buffer,
): Promise<void> {
  const place = [of.agreementId, of.bookId, of.sequence];
  await owner.query(
    `INSERT INTO ledger_transactions (agreement_id, book_id, sequence, effective_at, recorded_at, id, source_kind,
       source_id, canonical, previous_sha256, sha256)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      ...place,
      of.effectiveAt.toISOString(),
      of.recordedAt.toISOString(),
      of.id,
      of.sourceKind,
      of.sourceId,
      canonical,
      previous,
      sha256,
    ],
  );
  for (const {
    id,
    position,
    counterpartyId,
    currency,
    amount,
    twinId,
    sourceLine,
    debit,
    credit,
  } of of.entries)
    await owner.query(
      `INSERT INTO ledger_entries (agreement_id, book_id, sequence, id, position,
         counterparty_id, currency, amount, twin_id, source_line, debit_kind, debit_balance, debit_version,
         credit_kind, credit_balance, credit_version)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
      [
        ...place,
        id,
        position,
        counterpartyId,
        currency,
        amount,
        twinId,
        sourceLine,
        debit.kind,
        debit.balance,
        debit.version,
        credit.kind,
        credit.balance,
        credit.version,
      ],
    );
}
