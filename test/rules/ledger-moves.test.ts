import fc from 'fast-check';
import { disputePostings } from '../../src/ledger/rules/dispute-postings.js';
import { faultIn, type BookPostings } from '../../src/ledger/rules/document.js';
import { paymentPostings, type OpenPosition } from '../../src/ledger/rules/payment-postings.js';
import { sourceUrl } from '../../src/ledger/rules/source-url.js';
import { reversalPostings } from '../../src/ledger/rules/reversal-postings.js';
import { accountsOf, contentOfDocument, postDocument } from '../../src/ledger/rules/post.js';

const A = '00000000-0000-7000-8000-00000000000a';
const B = '00000000-0000-7000-8000-00000000000b';
const AGREEMENT = '00000000-0000-7000-8000-000000000001';
const DISPUTE = '00000000-0000-7000-8000-0000000000dd';

function documentOf(books: BookPostings[]) {
  return { agreementId: AGREEMENT, sourceKind: 'step', sourceId: DISPUTE, effectiveAt: 0, books };
}

/** How far a book moves its accounts, debit positive. */
function movesOf(books: readonly BookPostings[], bookId: string): Record<string, bigint> {
  const moves: Record<string, bigint> = {};
  for (const { debit, credit, amount } of books.find((book) => book.bookId === bookId)?.transfers ?? []) {
    moves[debit] = (moves[debit] ?? 0n) + amount;
    moves[credit] = (moves[credit] ?? 0n) - amount;
  }
  return moves;
}

describe('disputePostings', () => {
  const step = (amount: bigint) =>
    disputePostings([{ payer: A, payee: B, amount, currency: 'USD', disputeId: DISPUTE }]);

  test('withheld: out of payable and receivable, into their disputed twins', () => {
    expect(movesOf(step(25n), A)).toEqual({ payable: 25n, disputed_payable: -25n });
    expect(movesOf(step(25n), B)).toEqual({ disputed_receivable: 25n, receivable: -25n });
    expect(step(25n)[0]!.transfers[0]).toMatchObject({ sourceLine: DISPUTE });
  });

  test('given back: the same the other way, and nothing for nothing', () => {
    expect(movesOf(step(-25n), A)).toEqual({ payable: -25n, disputed_payable: 25n });
    expect(step(0n)).toEqual([]);
  });

  test('of lines that either party pays, in one step', () => {
    const books = disputePostings([
      { payer: A, payee: B, amount: 25n, currency: 'USD', disputeId: DISPUTE },
      { payer: B, payee: A, amount: 7n, currency: 'USD', disputeId: DISPUTE },
    ]);
    expect(faultIn(documentOf(books))).toBeNull();
    const moves = { payable: 25n, disputed_payable: -25n, disputed_receivable: 7n, receivable: -7n };
    expect(movesOf(books, A)).toEqual(moves);
  });

  test('whatever is withheld and given back: sound, and what is owed in all stays', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n }), (amount) => {
        expect(faultIn(documentOf(step(amount)))).toBeNull();
        const { payable = 0n, disputed_payable = 0n } = movesOf(step(amount), A);
        expect(payable + disputed_payable).toBe(0n);
      }),
    );
  });
});

describe('paymentPostings', () => {
  const pay = (amount: bigint, open: OpenPosition, netting = true) =>
    paymentPostings({ payer: A, payee: B, amount, currency: 'USD', open, netting });

  test.each<[string, bigint, OpenPosition, boolean, Record<string, bigint>]>([
    [
      'in full',
      100n,
      { payable: 100n, receivable: 0n },
      true,
      { payable: 100n, receivable: 0n, cash_clearing: -100n },
    ],
    ['in part', 60n, { payable: 100n, receivable: 0n }, true, { payable: 60n, cash_clearing: -60n }],
    ['too much', 130n, { payable: 100n, receivable: 0n }, true, { payable: 130n, cash_clearing: -130n }],
    [
      'the net, both ways offset first',
      70n,
      { payable: 100n, receivable: 30n },
      true,
      { payable: 100n, receivable: -30n, cash_clearing: -70n },
    ],
    [
      'gross, where nothing is netted',
      70n,
      { payable: 100n, receivable: 30n },
      false,
      { payable: 70n, cash_clearing: -70n },
    ],
    [
      'a refund of what the other overpaid',
      20n,
      { payable: 0n, receivable: -20n },
      false,
      { payable: 0n, receivable: 20n, cash_clearing: -20n },
    ],
    [
      'more than a refund',
      50n,
      { payable: 10n, receivable: -20n },
      true,
      { payable: 30n, receivable: 20n, cash_clearing: -50n },
    ],
  ])('%s', (_, amount, open, netting, moves) => {
    const own = movesOf(pay(amount, open, netting), A);
    const changed = (from: Record<string, bigint>) =>
      Object.fromEntries(Object.entries(from).filter(([, change]) => change !== 0n));
    expect(changed(own)).toEqual(changed(moves));
  });

  test('whatever is open: sound, the net moves by the amount, nothing that one could offset is left', () => {
    const anyOpen = fc.bigInt({ min: -1000n, max: 1000n });
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 1500n }),
        anyOpen,
        anyOpen,
        fc.boolean(),
        (amount, payable, receivable, netting) => {
          const books = pay(amount, { payable, receivable }, netting);
          expect(faultIn(documentOf(books))).toBeNull();
          const own = movesOf(books, A);
          expect(own.cash_clearing).toBe(-amount);
          const after = {
            payable: payable - (own.payable ?? 0n),
            receivable: receivable + (own.receivable ?? 0n),
          };
          expect(after.receivable - after.payable).toBe(receivable - payable + amount);
          expect(after.payable < 0n && after.receivable < 0n).toBe(false);
          if (netting) expect(after.payable > 0n && after.receivable > 0n).toBe(false);
        },
      ),
    );
  });
});

describe('reversalPostings', () => {
  test('undoes what was stored, in both books, with the same lines', () => {
    let next = 0;
    const nextId = () => `00000000-0000-7000-8000-${String((next += 1)).padStart(12, '0')}`;
    const document = documentOf([
      ...paymentPostings({
        payer: A,
        payee: B,
        amount: 70n,
        currency: 'USD',
        open: { payable: 100n, receivable: 30n },
        netting: true,
      }),
    ]);
    const accounts = accountsOf(document).map((name) => ({
      ...name,
      id: nextId(),
      balance: 0n,
      version: 0n,
    }));
    const heads = [A, B].map((bookId) => ({ bookId, sequence: 0n, sha256: null }));
    const posted = postDocument(document, { heads, accounts, recordedAt: new Date(0) }, nextId);
    const reversal = documentOf(reversalPostings(posted.transactions.map(({ canonical }) => canonical)));
    expect(faultIn(reversal)).toBeNull();
    for (const book of [A, B]) {
      const [there, back] = [movesOf(document.books, book), movesOf(reversal.books, book)];
      for (const [kind, change] of Object.entries(there)) expect(back[kind]).toBe(-change);
    }
    expect(contentOfDocument(reversal)).toContain('offset');
    expect(reversal.books[0]!.transfers.map(({ sourceLine }) => sourceLine)).toEqual(['offset', 'payment']);
    expect(reversalPostings([])).toEqual([]);
  });
});

describe('sourceUrl', () => {
  const of = (
    sourceKind: string,
    sourceLine: string | null = null,
    reader: 'provider' | 'operator' = 'provider',
  ) => sourceUrl({ sourceKind, sourceId: 'd1', sourceLine }, reader);
  test.each([
    [of('statement'), '/v1/statements/d1'],
    [of('statement', 'l1'), '/v1/statements/d1/lines/l1/explanation'],
    [of('statement_void', 'l1'), '/v1/statements/d1/lines/l1/explanation'],
    [of('credit', 'aToB/egress'), '/v1/statements/d1/credits'],
    [of('credit_void', 'aToB/egress'), '/v1/statements/d1/credits'],
    [of('credit', 'aToB/egress', 'operator'), '/v1/statements/d1'],
    [of('payment', 'offset'), '/v1/payments/d1'],
    [of('payment_reversal', 'payment'), '/v1/payments/d1'],
    [of('dispute_step', 'q1'), '/v1/disputes/q1'],
    [of('other'), null],
  ])('%s', (url, expected) => expect(url).toBe(expected));
});
