import fc from 'fast-check';
import { v7 } from 'uuid';
import { creditPostings, LedgerService, mirroredBooks } from '../../src/ledger/index.js';
import { OPERATOR } from '../../src/platform/database/index.js';
import { A, B, bothIn, openLedger, statementOf, type LedgerUnderTest } from './ledger-support.js';

let books: LedgerUnderTest;
let server: LedgerUnderTest['server'];
let database: LedgerUnderTest['database'];
let ledger: LedgerUnderTest['ledger'];

beforeAll(async () => {
  books = await openLedger();
  ({ server, database, ledger } = books);
});

afterAll(() => books.close());

async function balanceOfA(query: { asOf?: Date; recordedAsOf?: Date } = {}, currency = 'USD') {
  const [balance] = await ledger.balances({ bookId: A, counterpartyId: B, currency, ...query });
  return balance;
}

describe('privileges of the service', () => {
  beforeAll(async () => {
    await ledger.post(statementOf(v7(), { byA: [1n] }));
  });

  test.each([
    `UPDATE ledger_entries SET amount = 1`,
    `UPDATE ledger_entries SET source_line = 'x'`,
    `DELETE FROM ledger_entries`,
    `TRUNCATE ledger_entries`,
    `UPDATE ledger_transactions SET canonical = ''`,
    `DELETE FROM ledger_transactions`,
    `TRUNCATE ledger_transactions CASCADE`,
    `DELETE FROM ledger_accounts`,
    `UPDATE ledger_accounts SET currency = 'EUR'`,
    `DELETE FROM ledger_heads`,
    `SELECT FROM ledger_entries FOR UPDATE`,
    `ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_twin`,
    `SET session_replication_role = replica`,
  ])('%s is denied', async (statement) => {
    await expect(database.actFor(OPERATOR, () => database.query(statement))).rejects.toMatchObject({
      code: '42501',
    });
  });
});

describe('what the schema refuses', () => {
  /** Posts, and changes what was written before the commit, as a faulty service would. */
  async function spoiled(statement: string, values: unknown[] = []): Promise<void> {
    const document = statementOf(v7(), { byA: [100n] });
    await database.transactionFor(bothIn(document.agreementId), async (tx) => {
      await ledger.post(document);
      await tx.query(statement, [document.agreementId, ...values]);
    });
  }

  const entryLike = (columns: { book?: string; amount?: string; twin: string; position: number }) => `
    INSERT INTO ledger_entries (agreement_id, book_id, sequence, id, position,
      counterparty_id, currency, amount, twin_id, debit_kind, debit_balance, debit_version,
      credit_kind, credit_balance, credit_version)
    SELECT agreement_id, book_id, sequence, $2, ${columns.position},
      counterparty_id, currency, ${columns.amount ?? 'amount'}, ${columns.twin},
      debit_kind, 0, 9, credit_kind, 0, 9
    FROM ledger_entries WHERE agreement_id = $1 AND book_id = '${columns.book ?? A}'`;

  test.each([
    ['an entry without its twin', entryLike({ twin: '$2', position: 2 }), 'ledger_entries_twin'],
    ['an entry that borrows a twin', entryLike({ twin: 'twin_id', position: 2 }), 'ledger_entries_twin'],
    ['a debt without twin', entryLike({ twin: 'NULL', position: 2 }), 'ledger_entries_mirrored'],
    ['an amount of zero', entryLike({ twin: '$2', amount: '0', position: 2 }), 'ledger_entries_amount_check'],
    [
      'an amount that is no number',
      entryLike({ twin: '$2', amount: `'NaN'`, position: 2 }),
      'ledger_entries_amount_check',
    ],
  ])('%s', async (_, statement, constraint) => {
    await expect(spoiled(statement, [v7()])).rejects.toMatchObject({ constraint });
  });

  test('twins of unequal amounts', async () => {
    const pair = (amountOfB: string) => `
      WITH pair AS (SELECT gen_random_uuid() AS a, gen_random_uuid() AS b)
      INSERT INTO ledger_entries (agreement_id, book_id, sequence, id, position,
        counterparty_id, currency, amount, twin_id, debit_kind, debit_balance, debit_version,
        credit_kind, credit_balance, credit_version)
      SELECT agreement_id, book_id, sequence,
        CASE book_id WHEN '${A}' THEN a ELSE b END, 2, counterparty_id, currency,
        CASE book_id WHEN '${A}' THEN amount ELSE ${amountOfB} END,
        CASE book_id WHEN '${A}' THEN b ELSE a END,
        debit_kind, 0, 9, credit_kind, 0, 9
      FROM ledger_entries, pair WHERE agreement_id = $1`;
    await expect(spoiled(pair('amount + 1'))).rejects.toMatchObject({ constraint: 'ledger_entries_twin' });
    await expect(spoiled(pair('amount'))).resolves.toBeUndefined();
  });

  test('a debit and a credit of one account', async () => {
    const same = entryLike({ twin: '$2', position: 2 }).replace('debit_kind, 0', `credit_kind, 0`);
    await expect(spoiled(same, [v7()])).rejects.toMatchObject({ constraint: 'ledger_entries_two_accounts' });
  });

  test('an entry of no transaction', async () => {
    const orphan = entryLike({ twin: '$2', position: 2 }).replace(
      'SELECT agreement_id, book_id, sequence',
      'SELECT agreement_id, book_id, 7',
    );
    await expect(spoiled(orphan, [v7()])).rejects.toMatchObject({
      constraint: 'ledger_entries_transaction',
    });
  });

  test('a link with a wrong hash, a wrong predecessor, or out of turn', async () => {
    const link = (sequence: number, previous: string, sha256: string) => `
      INSERT INTO ledger_transactions (agreement_id, book_id, sequence, id, source_kind, source_id, effective_at,
        recorded_at, canonical, previous_sha256, sha256)
      SELECT agreement_id, book_id, ${sequence}, id, 'forged', source_id, effective_at, recorded_at, '{}',
        ${previous}, ${sha256}
      FROM ledger_transactions WHERE agreement_id = $1 AND book_id = '${A}'`;
    const hashAfter = (previous: string) => `sha256(${previous} || '{}')`;
    const refused = [
      [link(2, 'sha256', `sha256('{}')`), 'ledger_transactions_hash'],
      [link(2, `sha256('')`, hashAfter(`sha256('')`)), 'ledger_transactions_chain'],
      [link(3, 'sha256', hashAfter('sha256')), 'ledger_transactions_chain'],
      [link(2, 'NULL', `sha256('{}')`), 'ledger_transactions_first'],
    ] as const;
    for (const [statement, constraint] of refused)
      await expect(spoiled(statement)).rejects.toMatchObject({ constraint });
    await expect(spoiled(link(2, 'sha256', hashAfter('sha256')))).resolves.toBeUndefined();
  });

  test('a pair whose second half would follow later', async () => {
    const [a, b] = [v7(), v7()];
    const half = (book: string, id: string, twin: string) =>
      entryLike({ book, twin: `'${twin}'`, position: 2 }).replace('sequence, $2', `sequence, '${id}'`);
    await expect(spoiled(half(A, a, b))).rejects.toMatchObject({ constraint: 'ledger_entries_twin' });
  });

  test('a head that names no transaction', async () => {
    const ahead = `UPDATE ledger_heads SET sequence = sequence + 1 WHERE agreement_id = $1`;
    await expect(spoiled(ahead)).rejects.toMatchObject({ constraint: 'ledger_heads_last' });
  });

  afterAll(async () => {
    // The spoiled ones that went through would be found by every later verification.
    await books.clear();
  });
});

describe('post', () => {
  // A plan that was made for a pair, used for these, would look at hundreds of millions of combinations.
  test('twenty thousand pairs after a small posting on the same connection', async () => {
    const agreementId = v7();
    await database.transactionFor(bothIn(agreementId), async () => {
      for (let small = 0; small < 8; small += 1) await ledger.post(statementOf(agreementId, { byA: [1n] }));
      const many = Array.from({ length: 20_000 }, (_, at) => BigInt(at + 1));
      await ledger.post(statementOf(agreementId, { byA: many }));
    });
    expect(await ledger.verify({ agreementId })).toEqual({ ok: true, transactions: 18, entries: 40_016 });
  }, 30_000);

  test('books both sides, and the same again changes nothing', async () => {
    const document = statementOf(v7(), { byA: [100n, 50n], byB: [30n] });
    expect(await ledger.post(document)).toEqual({ posted: true });
    expect(await ledger.post(document)).toEqual({ posted: false });
    expect(await ledger.post({ ...document, books: document.books.toReversed() })).toEqual({ posted: false });
    const entries = await server.query(`SELECT FROM ledger_entries WHERE agreement_id = $1`, [
      document.agreementId,
    ]);
    expect(entries).toHaveLength(6);
    expect(await ledger.verify({ agreementId: document.agreementId })).toEqual({
      ok: true,
      transactions: 2,
      entries: 6,
    });
  });

  test('the same source with other content is refused, and with no content too', async () => {
    const document = statementOf(v7(), { byA: [100n] });
    await ledger.post(document);
    const other = { ...statementOf(document.agreementId, { byA: [101n] }), sourceId: document.sourceId };
    for (const changed of [other, { ...other, books: [] }, { ...document, effectiveAt: 1 }])
      await expect(ledger.post(changed)).rejects.toMatchObject({ code: 'ledger_source_conflict' });
  });

  test('an invalid document is refused before anything is locked', async () => {
    const document = statementOf(v7(), { byA: [100n] });
    const oneSided = { ...document, books: [document.books[0]!] };
    await expect(ledger.post(oneSided)).rejects.toMatchObject({ code: 'ledger_document_invalid' });
  });

  test('a document without transfers posts nothing', async () => {
    expect(await ledger.post(statementOf(v7(), { byA: [0n] }))).toEqual({ posted: false });
  });

  test('joins the transaction of its caller', async () => {
    const document = statementOf(v7(), { byA: [100n] });
    const failed = database.transactionFor(bothIn(document.agreementId), async () => {
      await ledger.post(document);
      throw new Error('the statement could not be issued');
    });
    await expect(failed).rejects.toThrow('the statement could not be issued');
    expect(await ledger.post(document)).toEqual({ posted: true });
  });

  test('two documents at once of the same source post once', async () => {
    const document = statementOf(v7(), { byA: [100n] });
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => ledger.post(document)));
    expect(outcomes.filter(({ posted }) => posted)).toHaveLength(1);
  });

  test('eight posters to the same accounts: exact running balances, no gap, no deadlock', async () => {
    const agreementId = v7();
    const posters = Array.from({ length: 8 }, async (_, poster) => {
      for (let step = 0; step < 12; step += 1) {
        await database.transactionFor(bothIn(agreementId), async () => {
          // Credits of one book first, then both books: the order that would deadlock on single heads.
          const bookId = poster % 2 === 0 ? A : B;
          const credits = creditPostings({
            bookId,
            counterpartyId: bookId === A ? B : A,
            credits: [{ direction: 'aToB', side: 'egress', amount: 2n, currency: 'USD' }],
          });
          const own = { agreementId, sourceKind: 'credits', sourceId: v7(), effectiveAt: step };
          await ledger.post({ ...own, books: [credits] });
          await ledger.post(statementOf(agreementId, { byA: [3n, 1n], byB: [BigInt(poster)] }));
        });
      }
    });
    await Promise.all(posters);
    expect(await ledger.verify({ agreementId })).toEqual({
      ok: true,
      transactions: 8 * 12 * 3,
      entries: 12 * 8 * (4 + 1) + 12 * 7 * 2,
    });
    const accounts = await server.query<{ kind: string; balance: string; version: string }>(
      `SELECT kind, balance, version FROM ledger_accounts WHERE agreement_id = $1 AND book_id = $2`,
      [agreementId, A],
    );
    const states = Object.fromEntries(accounts.map((row) => [row.kind, [row.balance, row.version]]));
    expect(states).toMatchObject({
      payable: ['-384', '192'],
      receivable: ['336', '84'],
      customer_credits: ['-96', '48'],
    });
    const sequences = await server.query<{ sequence: string }>(
      `SELECT sequence FROM ledger_transactions WHERE agreement_id = $1 AND book_id = $2 ORDER BY sequence`,
      [agreementId, A],
    );
    expect(sequences.map(({ sequence }) => Number(sequence))).toEqual(
      Array.from({ length: 144 }, (_, index) => index + 1),
    );
  });

  test('a reversal takes both books back, once', async () => {
    const document = statementOf(v7(), { byA: [100n, 50n], byB: [30n] });
    await ledger.post(document);
    const by = { sourceKind: 'statement_void', sourceId: document.sourceId, effectiveAt: 1 };
    expect(await ledger.reverse(document, by)).toEqual({ posted: true });
    expect(await ledger.reverse(document, by)).toEqual({ posted: false });
    const nothing = { ...document, sourceId: v7() };
    expect(await ledger.reverse(nothing, { ...by, sourceId: v7() })).toEqual({ posted: false });
    const rest = await server.query<{ balance: string; version: string }>(
      `SELECT DISTINCT balance, version % 2 AS version FROM ledger_accounts WHERE agreement_id = $1`,
      [document.agreementId],
    );
    expect(rest).toEqual([{ balance: '0', version: '0' }]);
    expect(await ledger.verify({ agreementId: document.agreementId })).toMatchObject({ transactions: 4 });
  });

  test('amounts beyond 64 bits stay exact', async () => {
    const agreementId = v7();
    const amount = 2n ** 100n + 1n;
    await ledger.post(statementOf(agreementId, { byA: [amount] }));
    const [entry] = await ledger.entries({ bookId: A, agreementId, limit: 1 });
    expect(entry).toMatchObject({ amount, credit: { balance: -amount } });
  });
});

describe('balances', () => {
  beforeEach(async () => {
    await books.clear();
  });

  const day = (number: number) => new Date(Date.UTC(2026, 10, number));

  test('issue, dispute and payment, seen from both books', async () => {
    const agreementId = v7();
    await ledger.post(statementOf(agreementId, { byA: [100n], byB: [30n] }, day(1)));
    const step = (
      debit: 'payable' | 'disputed_payable',
      credit: 'disputed_payable' | 'cash_clearing',
      amount: bigint,
    ) =>
      ledger.post({
        agreementId,
        sourceKind: 'step',
        sourceId: v7(),
        effectiveAt: day(2),
        books: mirroredBooks([{ bookId: A, counterpartyId: B, debit, credit, amount, currency: 'USD' }]),
      });
    await step('payable', 'disputed_payable', 25n);
    await step('payable', 'cash_clearing', 80n);
    expect(await balanceOfA()).toEqual({
      counterpartyId: B,
      currency: 'USD',
      receivable: 30n,
      payable: -5n,
      disputedReceivable: 0n,
      disputedPayable: 25n,
      net: 10n,
      creditsGiven: 0n,
    });
    expect(await ledger.balances({ bookId: B })).toEqual([
      {
        counterpartyId: A,
        currency: 'USD',
        receivable: -5n,
        payable: 30n,
        disputedReceivable: 25n,
        disputedPayable: 0n,
        net: -10n,
        creditsGiven: 0n,
      },
    ]);
  });

  test('credits stand in their own currency and in one book only', async () => {
    const agreementId = v7();
    const credits = [{ direction: 'aToB', side: 'ingress', amount: 7n, currency: 'JPY' }];
    const books = [creditPostings({ bookId: B, counterpartyId: A, credits })];
    await ledger.post({ agreementId, sourceKind: 'credits', sourceId: v7(), effectiveAt: day(1), books });
    expect(await ledger.balances({ bookId: B })).toMatchObject([
      { counterpartyId: A, currency: 'JPY', net: 0n, creditsGiven: 7n },
    ]);
    expect(await ledger.balances({ bookId: A })).toEqual([]);
  });

  test('asOf is inclusive, by effective and by recorded time', async () => {
    const agreementId = v7();
    await ledger.post(statementOf(agreementId, { byA: [100n] }, day(10)));
    const [first] = await ledger.entries({ bookId: A, agreementId, limit: 1 });
    await new Promise((done) => setTimeout(done, 5));
    // Recorded later, but effective earlier.
    await ledger.post(statementOf(agreementId, { byA: [40n] }, day(5)));
    const before = (date: Date) => new Date(date.getTime() - 1);
    const payable = async (query: { asOf?: Date; recordedAsOf?: Date }) => (await balanceOfA(query))?.payable;
    expect(await payable({ asOf: before(day(5)) })).toBe(0n);
    expect(await payable({ asOf: day(5) })).toBe(40n);
    expect(await payable({ asOf: before(day(10)) })).toBe(40n);
    expect(await payable({ asOf: day(10) })).toBe(140n);
    expect(await payable({ recordedAsOf: before(first!.recordedAt) })).toBe(0n);
    expect(await payable({ recordedAsOf: first!.recordedAt })).toBe(100n);
    expect(await payable({ asOf: day(9), recordedAsOf: first!.recordedAt })).toBe(0n);
  });

  test('random postings: the accounts hold what the entries add up to, and both books agree', async () => {
    const agreements = [v7(), v7()];
    const anyStatement = fc.record({
      agreement: fc.constantFrom(...agreements),
      byA: fc.array(fc.bigInt({ min: -1000n, max: 1000n }), { maxLength: 4 }),
      byB: fc.array(fc.bigInt({ min: -1000n, max: 1000n }), { maxLength: 4 }),
      day: fc.integer({ min: 1, max: 28 }),
    });
    let owedByA = 0n;
    await fc.assert(
      fc.asyncProperty(fc.array(anyStatement, { minLength: 1, maxLength: 5 }), async (statements) => {
        for (const { agreement, byA, byB, day: on } of statements) {
          await ledger.post(statementOf(agreement, { byA, byB }, day(on)));
          owedByA += [...byA].reduce((sum, each) => sum + each, 0n);
        }
        const now = await ledger.balances({ bookId: A });
        expect(await ledger.balances({ bookId: A, asOf: day(28) })).toEqual(now);
        expect(await ledger.balances({ bookId: A, recordedAsOf: new Date('2100-01-01') })).toEqual(now);
        expect(now[0]?.payable ?? 0n).toBe(owedByA);
        const [ofB] = await ledger.balances({ bookId: B, asOf: day(28) });
        expect([ofB?.receivable ?? 0n, ofB?.net ?? 0n]).toEqual([owedByA, -(now[0]?.net ?? 0n)]);
      }),
      { numRuns: 25 },
    );
    expect(await ledger.verify()).toMatchObject({ ok: true });
  });

  test('unbilled accruals are of the present only', async () => {
    const service = new LedgerService(database);
    const report = async (query: Parameters<LedgerService['balanceReport']>[0]) =>
      (await database.actFor(OPERATOR, () => service.balanceReport(query))).balances;
    const agreementId = v7();
    await ledger.post(statementOf(agreementId, { byA: [100n] }, day(1)));
    expect(await report({ bookId: A })).toMatchObject([{ payable: 100n, unbilled: 0n }]);
    service.provideUnbilled(() =>
      Promise.resolve([
        { agreementId, counterpartyId: B, currency: 'USD', amount: -3n },
        { agreementId, counterpartyId: B, currency: 'EUR', amount: 8n },
      ]),
    );
    expect(await report({ bookId: A })).toMatchObject([
      { currency: 'EUR', payable: 0n, unbilled: 8n },
      { currency: 'USD', payable: 100n, unbilled: -3n },
    ]);
    expect(await report({ bookId: A, currency: 'USD', asOf: day(2) })).toMatchObject([
      { payable: 100n, unbilled: 0n },
    ]);
  });
});
