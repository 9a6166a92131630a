import fc from 'fast-check';
import { ACCOUNT_KINDS, mirrorOf } from '../../src/ledger/rules/accounts.js';
import { creditPostings } from '../../src/ledger/rules/credit-postings.js';
import { faultIn, type BookPostings, type PostingDocument } from '../../src/ledger/rules/document.js';
import { mirroredBooks } from '../../src/ledger/rules/mirrored-books.js';
import { issuePostings } from '../../src/ledger/rules/statement-postings.js';

const A = '00000000-0000-7000-8000-00000000000a';
const B = '00000000-0000-7000-8000-00000000000b';
const AGREEMENT = '00000000-0000-7000-8000-000000000001';
const SOURCE = '00000000-0000-7000-8000-000000000002';

function documentOf(books: BookPostings[]): PostingDocument {
  return { agreementId: AGREEMENT, sourceKind: 'statement', sourceId: SOURCE, effectiveAt: 0, books };
}

/** Debit-positive balances by account kind after a book's transfers. */
function balances(book: BookPostings | undefined): Record<string, bigint> {
  const sums: Record<string, bigint> = {};
  for (const { debit, credit, amount } of book?.transfers ?? []) {
    sums[debit] = (sums[debit] ?? 0n) + amount;
    sums[credit] = (sums[credit] ?? 0n) - amount;
  }
  return sums;
}

const anyLines = fc.array(
  fc.record({ aPays: fc.boolean(), amount: fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }) }),
  { maxLength: 40 },
);

function linesOf(drawn: { aPays: boolean; amount: bigint }[]) {
  return drawn.map(({ aPays, amount }, index) => ({
    id: `line-${index}`,
    payer: aPays ? A : B,
    payee: aPays ? B : A,
    amount,
  }));
}

describe('mirror kinds', () => {
  test.each([
    ['receivable', 'payable'],
    ['disputed_receivable', 'disputed_payable'],
    ['settlement_revenue', 'settlement_cost'],
    ['cash_clearing', 'cash_clearing'],
  ] as const)('%s and %s mirror each other', (one, other) => {
    expect(mirrorOf(one)).toBe(other);
    expect(mirrorOf(other)).toBe(one);
  });

  test('credits to customers have no mirror', () => {
    expect(ACCOUNT_KINDS.filter((kind) => mirrorOf(kind) === null)).toEqual([
      'zero_rated_waiver',
      'customer_credits',
    ]);
  });
});

describe('issuePostings', () => {
  test('A owes B: cost and payable in one book, receivable and revenue in the other', () => {
    const books = issuePostings({
      lines: [{ id: 'l1', payer: A, payee: B, amount: 100n }],
      currency: 'USD',
    });
    expect(books).toEqual([
      {
        bookId: A,
        counterpartyId: B,
        transfers: [
          {
            debit: 'settlement_cost',
            credit: 'payable',
            amount: 100n,
            currency: 'USD',
            sourceLine: 'l1',
            mirror: '1',
          },
        ],
      },
      {
        bookId: B,
        counterpartyId: A,
        transfers: [
          {
            debit: 'receivable',
            credit: 'settlement_revenue',
            amount: 100n,
            currency: 'USD',
            sourceLine: 'l1',
            mirror: '1',
          },
        ],
      },
    ]);
  });

  test('lines both ways post gross', () => {
    const [bookA, bookB] = issuePostings({
      lines: [
        { id: 'l1', payer: A, payee: B, amount: 100n },
        { id: 'l2', payer: B, payee: A, amount: 30n },
      ],
      currency: 'USD',
    });
    expect(balances(bookA)).toEqual({
      settlement_cost: 100n,
      payable: -100n,
      receivable: 30n,
      settlement_revenue: -30n,
    });
    expect(balances(bookB)).toEqual({
      settlement_cost: 30n,
      payable: -30n,
      receivable: 100n,
      settlement_revenue: -100n,
    });
  });

  test('a negative adjustment posts reversed, between the same accounts', () => {
    const [bookA, bookB] = issuePostings({
      lines: [{ id: 'l1', payer: A, payee: B, amount: -7n }],
      currency: 'USD',
    });
    expect(bookA?.transfers).toMatchObject([{ debit: 'payable', credit: 'settlement_cost', amount: 7n }]);
    expect(bookB?.transfers).toMatchObject([
      { debit: 'settlement_revenue', credit: 'receivable', amount: 7n },
    ]);
  });

  test('zero amounts post nothing, and a statement of nothing has no books', () => {
    expect(issuePostings({ lines: [{ id: 'l1', payer: A, payee: B, amount: 0n }], currency: 'USD' })).toEqual(
      [],
    );
  });

  test('a provider that owes itself is refused', () => {
    const lines = [{ id: 'l1', payer: A, payee: A, amount: 1n }];
    expect(() => issuePostings({ lines, currency: 'USD' })).toThrow(RangeError);
  });

  test('whatever the lines: faultless, balanced, and what A owes is what B is owed', () => {
    fc.assert(
      fc.property(anyLines, (drawn) => {
        const books = issuePostings({ lines: linesOf(drawn), currency: 'USD' });
        expect(faultIn(documentOf(books))).toBeNull();
        const [a, b] = [A, B].map((id) => balances(books.find(({ bookId }) => bookId === id)));
        for (const sums of [a!, b!])
          expect(Object.values(sums).reduce((sum, each) => sum + each, 0n)).toBe(0n);
        for (const kind of ACCOUNT_KINDS) {
          const mirror = mirrorOf(kind);
          if (mirror) expect(a![kind] ?? 0n).toBe(-(b![mirror] ?? 0n));
        }
        const owedByA = drawn.reduce((sum, { aPays, amount }) => sum + (aPays ? amount : 0n), 0n);
        expect(-(a!['payable'] ?? 0n)).toBe(owedByA);
      }),
    );
  });

  test('reversing every sign takes everything back', () => {
    fc.assert(
      fc.property(anyLines, (drawn) => {
        const lines = linesOf(drawn);
        const back = lines.map((line) => ({ ...line, amount: -line.amount }));
        const books = issuePostings({ lines: [...lines, ...back], currency: 'USD' });
        for (const book of books)
          expect(Object.values(balances(book)).filter((sum) => sum !== 0n)).toEqual([]);
      }),
    );
  });
});

describe('mirroredBooks', () => {
  test('a payment: A debits payable and credits cash; B debits cash and credits receivable', () => {
    const [bookA, bookB] = mirroredBooks([
      {
        bookId: A,
        counterpartyId: B,
        debit: 'payable',
        credit: 'cash_clearing',
        amount: 5n,
        currency: 'USD',
      },
    ]);
    expect(bookA?.transfers).toMatchObject([{ debit: 'payable', credit: 'cash_clearing' }]);
    expect(bookB?.transfers).toMatchObject([{ debit: 'cash_clearing', credit: 'receivable' }]);
  });

  test('a mutual offset reads the same in both books', () => {
    const books = mirroredBooks([
      { bookId: A, counterpartyId: B, debit: 'payable', credit: 'receivable', amount: 5n, currency: 'USD' },
    ]);
    for (const { transfers } of books)
      expect(transfers).toMatchObject([{ debit: 'payable', credit: 'receivable' }]);
  });

  test('credits to customers are not mirrored', () => {
    const credit = {
      bookId: A,
      counterpartyId: B,
      debit: 'zero_rated_waiver',
      credit: 'customer_credits',
      amount: 5n,
      currency: 'USD',
    } as const;
    expect(() => mirroredBooks([credit])).toThrow(RangeError);
  });
});

describe('creditPostings', () => {
  const given = (credits: { direction: string; side: string; amount: bigint; currency: string }[]) =>
    creditPostings({ bookId: A, counterpartyId: B, credits });

  test('one transfer for each direction, side and currency, in a fixed order', () => {
    const credits = [
      { direction: 'bToA', side: 'ingress', amount: 5n, currency: 'USD' },
      { direction: 'aToB', side: 'egress', amount: 220_000n, currency: 'USD' },
      { direction: 'aToB', side: 'egress', amount: 1n, currency: 'USD' },
    ];
    const expected = [
      {
        debit: 'zero_rated_waiver',
        credit: 'customer_credits',
        amount: 220_001n,
        currency: 'USD',
        sourceLine: 'aToB/egress',
      },
      {
        debit: 'zero_rated_waiver',
        credit: 'customer_credits',
        amount: 5n,
        currency: 'USD',
        sourceLine: 'bToA/ingress',
      },
    ];
    expect(given(credits).transfers).toEqual(expected);
    expect(given(credits.toReversed()).transfers).toEqual(expected);
  });

  test('credits that fall post reversed, and those that cancel out not at all', () => {
    const credits = [
      { direction: 'aToB', side: 'egress', amount: -9n, currency: 'USD' },
      { direction: 'bToA', side: 'ingress', amount: 4n, currency: 'USD' },
      { direction: 'bToA', side: 'ingress', amount: -4n, currency: 'USD' },
    ];
    expect(given(credits).transfers).toEqual([
      {
        debit: 'customer_credits',
        credit: 'zero_rated_waiver',
        amount: 9n,
        currency: 'USD',
        sourceLine: 'aToB/egress',
      },
    ]);
  });

  test('whatever the credits: faultless, and their sum is what was given', () => {
    const anyCredits = fc.array(
      fc.record({
        direction: fc.constantFrom('aToB', 'bToA'),
        side: fc.constantFrom('egress', 'ingress'),
        amount: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
        currency: fc.constantFrom('USD', 'JPY'),
      }),
    );
    fc.assert(
      fc.property(anyCredits, (credits) => {
        const book = given(credits);
        expect(faultIn(documentOf([book]))).toBeNull();
        expect(book.transfers.length).toBeLessThanOrEqual(8);
        const total = credits.reduce((sum, { amount }) => sum + amount, 0n);
        expect(-(balances(book)['customer_credits'] ?? 0n)).toBe(total);
      }),
    );
  });
});

describe('faultIn', () => {
  const pair = () =>
    mirroredBooks([
      {
        bookId: A,
        counterpartyId: B,
        debit: 'settlement_cost',
        credit: 'payable',
        amount: 5n,
        currency: 'USD',
      },
    ]);
  const changed = (change: object) => {
    const books = pair();
    return [books[0]!, { ...books[1]!, transfers: [{ ...books[1]!.transfers[0]!, ...change }] }];
  };

  test('a sound document has none', () => expect(faultIn(documentOf(pair()))).toBeNull());

  test.each<[string, PostingDocument]>([
    ['only one side', documentOf([pair()[0]!])],
    ['amounts that differ', documentOf(changed({ amount: 6n }))],
    ['currencies that differ', documentOf(changed({ currency: 'EUR' }))],
    ['kinds that do not mirror', documentOf(changed({ debit: 'disputed_receivable' }))],
    ['no mirror key', documentOf(changed({ mirror: undefined }))],
    ['zero', documentOf(changed({ amount: 0n }))],
    ['a negative amount', documentOf(changed({ amount: -5n }))],
    ['too many digits', documentOf(changed({ amount: 10n ** 38n }))],
    ['the same account twice', documentOf(changed({ debit: 'receivable', credit: 'receivable' }))],
    ['debts mixed with credits', documentOf(changed({ credit: 'customer_credits' }))],
    ['a source line of several lines', documentOf(changed({ sourceLine: 'a\nb' }))],
    ['three books', documentOf([...pair(), pair()[0]!])],
    ['the same book twice', documentOf([pair()[0]!, pair()[0]!])],
    ['a book with itself', documentOf([{ bookId: A, counterpartyId: A, transfers: [] }])],
    ['an upper-case id', { ...documentOf(pair()), agreementId: AGREEMENT.replace('8', 'A') }],
    ['a source kind with a space', { ...documentOf(pair()), sourceKind: 'a b' }],
    ['no instant', { ...documentOf(pair()), effectiveAt: new Date(Number.NaN) }],
    ['an instant outside RFC 3339', { ...documentOf(pair()), effectiveAt: 8e15 }],
  ])('%s is one', (_, document) => expect(faultIn(document)).toEqual(expect.any(String)));
});
