import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { balanceOf, byCounterparty, totalsOf, withUnbilled } from '../../src/ledger/rules/balances.js';
import type { PostingDocument } from '../../src/ledger/rules/document.js';
import { mirroredBooks } from '../../src/ledger/rules/mirrored-books.js';
import {
  accountKey,
  accountsOf,
  contentOfDocument,
  postDocument,
  type AccountState,
  type ChainedTransaction,
  type ChainHead,
} from '../../src/ledger/rules/post.js';
import { canonicalText, contentOfCanonical } from '../../src/ledger/rules/transaction.js';
import {
  checkEnd,
  checkTransaction,
  startOfChain,
  type ChainProblem,
  type StoredTransaction,
} from '../../src/ledger/rules/verify-chain.js';

const A = '00000000-0000-7000-8000-00000000000a';
const B = '00000000-0000-7000-8000-00000000000b';
const AGREEMENT = '00000000-0000-7000-8000-000000000001';

/** A ledger in memory: what the service does, without a database. */
class Books {
  private ids = 0;
  heads: ChainHead[] = [A, B].map((bookId) => ({ bookId, sequence: 0n, sha256: null }));
  accounts = new Map<string, AccountState>();
  transactions: ChainedTransaction[] = [];

  nextId = () => `00000000-0000-7000-9000-${(this.ids += 1).toString().padStart(12, '0')}`;

  post(document: PostingDocument): void {
    for (const name of accountsOf(document)) {
      const key = accountKey(name);
      if (!this.accounts.has(key))
        this.accounts.set(key, { ...name, id: this.nextId(), balance: 0n, version: 0n });
    }
    const state = { heads: this.heads, accounts: [...this.accounts.values()], recordedAt: new Date(1000) };
    const posting = postDocument(document, state, this.nextId);
    for (const account of posting.accounts) this.accounts.set(accountKey(account), account);
    this.transactions.push(...posting.transactions);
    this.heads = this.heads.map(
      (head) => posting.transactions.find(({ bookId }) => bookId === head.bookId) ?? head,
    );
  }

  chain(bookId: string): StoredTransaction[] {
    return this.transactions
      .filter((transaction) => transaction.bookId === bookId)
      .map((transaction) => ({ ...transaction, instantsWhole: true, unmirrored: [] }));
  }

  check(bookId: string, chain = this.chain(bookId)): ChainProblem | null {
    const check = startOfChain(bookId);
    for (const transaction of chain) {
      const problem = checkTransaction(check, transaction);
      if (problem) return problem;
    }
    return checkEnd(check, {
      head: this.heads.find((head) => head.bookId === bookId)!,
      accounts: [...this.accounts.values()].filter((account) => account.bookId === bookId),
      entryCount: chain.reduce((sum, { entries }) => sum + entries.length, 0),
      timesAgree: true,
    });
  }
}

function documentOf(sourceNumber: number, amounts: readonly bigint[]): PostingDocument {
  return {
    agreementId: AGREEMENT,
    sourceKind: 'statement',
    sourceId: `00000000-0000-7000-a000-${sourceNumber.toString().padStart(12, '0')}`,
    effectiveAt: Date.UTC(2026, 10, 6, 0, 0, sourceNumber),
    books: mirroredBooks(
      amounts.map((amount, index) => ({
        bookId: index % 2 === 0 ? A : B,
        counterpartyId: index % 2 === 0 ? B : A,
        debit: 'settlement_cost',
        credit: 'payable',
        amount,
        currency: 'USD',
        sourceLine: `line-${index}`,
      })),
    ),
  };
}

function threeStatements(): Books {
  const books = new Books();
  for (const number of [1, 2, 3]) books.post(documentOf(number, [100n, 40n, -7n]));
  return books;
}

test('the hash is recomputed from nothing but the stored bytes, as README.md describes it', () => {
  const books = threeStatements();
  let previous = Buffer.alloc(0);
  for (const { canonical, sha256, previousSha256 } of books.chain(A)) {
    expect(previousSha256 ?? Buffer.alloc(0)).toEqual(previous);
    const expected = createHash('sha256')
      .update(Buffer.concat([previous, Buffer.from(canonical, 'utf8')]))
      .digest();
    expect(sha256).toEqual(expected);
    previous = expected;
  }
});

test('the canonical text has sorted keys, no spaces, and money as strings', () => {
  const [first] = threeStatements().chain(A);
  expect(first!.canonical).toBe(canonicalText(first!));
  const parsed = JSON.parse(first!.canonical) as Record<string, unknown>;
  expect(Object.keys(parsed)).toEqual([...Object.keys(parsed)].sort());
  expect(parsed['sequence']).toBe('1');
  expect(parsed['effectiveAt']).toBe('2026-11-06T00:00:01.000Z');
  expect(parsed['entries']).toMatchObject([{ amount: '100' }, { amount: '40' }, { amount: '7' }]);
});

test('twins name each other, amounts and kinds mirrored', () => {
  const books = threeStatements();
  const entries = new Map(books.transactions.flatMap((t) => t.entries.map((entry) => [entry.id, entry])));
  expect(entries.size).toBe(18);
  for (const entry of entries.values()) {
    const twin = entries.get(entry.twinId!)!;
    expect(twin.twinId).toBe(entry.id);
    expect([twin.amount, twin.sourceLine]).toEqual([entry.amount, entry.sourceLine]);
  }
});

test('random postings: every balance is the sum of its entries, and every chain verifies', () => {
  const anyAmounts = fc.array(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), { maxLength: 8 });
  fc.assert(
    fc.property(fc.array(anyAmounts, { maxLength: 8 }), (statements) => {
      const books = new Books();
      statements.forEach((amounts, index) => books.post(documentOf(index, amounts)));
      expect([books.check(A), books.check(B)]).toEqual([null, null]);
      const total = [...books.accounts.values()].reduce((sum, { balance }) => sum + balance, 0n);
      expect(total).toBe(0n);
    }),
  );
});

describe('what a document says', () => {
  test('survives the canonical text, whatever the order of its transfers', () => {
    const document = documentOf(1, [100n, 40n, 100n]);
    const books = new Books();
    books.post(document);
    const canonicals = books.transactions.map(({ canonical }) => canonical);
    const stored = contentOfCanonical(new Date(document.effectiveAt), canonicals);
    const shuffled = {
      ...document,
      books: document.books.toReversed().map((book) => ({ ...book, transfers: book.transfers.toReversed() })),
    };
    expect(contentOfDocument(document)).toBe(stored);
    expect(contentOfDocument(shuffled)).toBe(stored);
  });

  test.each<[string, PostingDocument]>([
    ['an amount', documentOf(1, [100n, 41n])],
    ['a line more', documentOf(1, [100n, 40n, 1n])],
    ['the instant', { ...documentOf(1, [100n, 40n]), effectiveAt: 5 }],
    ['nothing at all', { ...documentOf(1, []) }],
  ])('differs with %s', (_, other) =>
    expect(contentOfDocument(other)).not.toBe(contentOfDocument(documentOf(1, [100n, 40n]))),
  );
});

describe('tampering is located', () => {
  type Chain = StoredTransaction[];
  const change = (chain: Chain, at: number, changed: Partial<StoredTransaction>): Chain =>
    chain.map((transaction, index) => (index === at ? { ...transaction, ...changed } : transaction));
  const changeEntry = (chain: Chain, at: number, changed: object): Chain =>
    change(chain, at, { entries: chain[at]!.entries.map((entry) => ({ ...entry, ...changed })) });

  test.each<[string, (chain: Chain) => Chain, bigint, RegExp]>([
    ['an amount', (chain) => changeEntry(chain, 1, { amount: 1n }), 2n, /differ from the canonical/],
    ['a source', (chain) => change(chain, 2, { sourceKind: 'payment' }), 3n, /differ from the canonical/],
    ['an instant by a microsecond', (chain) => change(chain, 0, { instantsWhole: false }), 1n, /differ/],
    ['the canonical text', (chain) => change(chain, 1, { canonical: '{}' }), 2n, /hash is not that/],
    ['a deleted transaction', (chain) => chain.toSpliced(1, 1), 2n, /missing/],
    ['the first deleted', (chain) => chain.slice(1), 1n, /missing/],
    ['the last deleted', (chain) => chain.slice(0, -1), 3n, /missing/],
    ['all deleted', () => [], 1n, /missing/],
    [
      'two exchanged',
      (chain) => [chain[0]!, { ...chain[2]!, sequence: 2n }, { ...chain[1]!, sequence: 3n }],
      2n,
      /previous hash/,
    ],
    ['an entry deleted', (chain) => change(chain, 1, { entries: chain[1]!.entries.slice(1) }), 2n, /differ/],
    ['a twin that does not mirror', (chain) => change(chain, 1, { unmirrored: [2] }), 2n, /entry 2/],
  ])('%s', (_, tamper, sequence, what) => {
    const books = threeStatements();
    const problem = books.check(A, tamper(books.chain(A)));
    expect(problem).toMatchObject({ bookId: A, sequence });
    expect(problem?.what).toMatch(what);
  });

  test('a balance that is not the sum of its entries is traced to the last that touched it', () => {
    const books = threeStatements();
    const account = books.accounts.get(accountKey({ bookId: A, kind: 'payable', currency: 'USD' }))!;
    account.balance += 1n;
    expect(books.check(A)).toMatchObject({
      sequence: 3n,
      what: expect.stringMatching(/payable USD/) as string,
    });
    expect(books.check(B)).toBeNull();
  });

  test('a transaction made up at the end, with hash and head, shows in the running balances', () => {
    const books = threeStatements();
    const forger = threeStatements();
    for (const account of forger.accounts.values()) account.balance += 5n;
    forger.post(documentOf(4, [1n]));
    books.heads = forger.heads;
    expect(books.check(A, forger.chain(A))).toMatchObject({
      sequence: 4n,
      what: expect.stringMatching(/running balance/) as string,
    });
  });
});

describe('balances', () => {
  const sums = {
    agreementId: 'a1',
    counterpartyId: B,
    currency: 'USD',
    receivable: 70n,
    payable: -40n,
    disputedReceivable: 30n,
    disputedPayable: -5n,
    customerCredits: -9n,
  };

  test('debts are positive, net is the whole position, credits stay apart', () => {
    expect(balanceOf(sums)).toEqual({
      counterpartyId: B,
      currency: 'USD',
      receivable: 70n,
      payable: 40n,
      disputedReceivable: 30n,
      disputedPayable: 5n,
      net: 55n,
      creditsGiven: 9n,
    });
  });

  test('a dispute moves nothing in or out of net', () => {
    const disputed = { ...sums, receivable: 60n, disputedReceivable: 40n };
    expect(balanceOf(disputed).net).toBe(balanceOf(sums).net);
  });

  test('accruals are added by agreement, also where nothing is posted; sums follow by counterparty and currency', () => {
    const merged = withUnbilled(
      [sums, { ...sums, agreementId: 'a2' }],
      [
        { agreementId: 'a1', counterpartyId: B, currency: 'USD', amount: 3n },
        { agreementId: 'a2', counterpartyId: B, currency: 'USD', amount: -1n },
        { agreementId: 'a3', counterpartyId: A, currency: 'USD', amount: 8n },
      ],
    );
    const balances = byCounterparty(merged);
    expect(balances).toMatchObject([
      { counterpartyId: A, currency: 'USD', net: 0n, unbilled: 8n, agreements: [{ agreementId: 'a3' }] },
      {
        counterpartyId: B,
        net: 110n,
        unbilled: 2n,
        agreements: [
          { agreementId: 'a1', net: 55n, unbilled: 3n },
          { agreementId: 'a2', net: 55n, unbilled: -1n },
        ],
      },
    ]);
    expect(totalsOf(balances)).toEqual([
      {
        currency: 'USD',
        receivable: 140n,
        payable: 80n,
        disputedReceivable: 60n,
        disputedPayable: 10n,
        net: 110n,
        creditsGiven: 18n,
        unbilled: 10n,
      },
    ]);
  });
});
