import { v7 } from 'uuid';
import type { LedgerService } from '../../src/ledger/index.js';
import { A, B, openLedger, statementOf, type LedgerUnderTest } from './ledger-support.js';

let books: LedgerUnderTest;
let ledger: LedgerService;

beforeAll(async () => {
  books = await openLedger();
  ledger = books.ledger;
});

afterAll(() => books.close());

describe('tampering by the owner of the database', () => {
  let agreementId: string;

  beforeEach(async () => {
    await books.clear();
    agreementId = v7();
    for (const amount of [100n, 200n, 300n])
      await ledger.post(statementOf(agreementId, { byA: [amount, 1n], byB: [7n] }));
    expect(await ledger.verify()).toEqual({ ok: true, transactions: 6, entries: 18 });
  });

  const second = `book_id = '${A}' AND sequence = 2`;

  test.each<[string, string[], bigint | null, RegExp]>([
    ['an amount changed', [`UPDATE ledger_entries SET amount = 5 WHERE ${second}`], 2n, /differ/],
    ['a line changed', [`UPDATE ledger_entries SET source_line = 'x' WHERE ${second}`], 2n, /differ/],
    [
      'the effective time moved by a microsecond',
      [
        `UPDATE ledger_transactions SET effective_at = effective_at + interval '1 microsecond' WHERE ${second}`,
      ],
      2n,
      /differ/,
    ],
    [
      'the recorded time moved by a microsecond',
      [`UPDATE ledger_transactions SET recorded_at = recorded_at + interval '1 microsecond' WHERE ${second}`],
      2n,
      /differ/,
    ],
    ['an entry deleted', [`DELETE FROM ledger_entries WHERE ${second} AND position = 1`], 2n, /differ/],
    [
      'an entry added',
      [
        `CREATE TEMP TABLE forged ON COMMIT DROP AS SELECT * FROM ledger_entries WHERE ${second} AND position = 1`,
        `INSERT INTO ledger_entries (agreement_id, book_id, sequence, id, position,
           counterparty_id, currency, amount, twin_id, debit_kind, debit_balance,
           debit_version, credit_kind, credit_balance, credit_version)
         SELECT agreement_id, book_id, sequence, gen_random_uuid(), 4,
           counterparty_id, currency, amount, twin_id, debit_kind, debit_balance,
           debit_version, credit_kind, credit_balance, credit_version FROM forged`,
      ],
      2n,
      /differ/,
    ],
    [
      'a transaction deleted with its entries',
      [`DELETE FROM ledger_entries WHERE ${second}`, `DELETE FROM ledger_transactions WHERE ${second}`],
      2n,
      /missing/,
    ],
    [
      'the last transaction deleted, its entries left',
      [`DELETE FROM ledger_transactions WHERE book_id = '${A}' AND sequence = 3`],
      3n,
      /missing/,
    ],
    [
      'the last deleted and the head set back',
      [
        `DELETE FROM ledger_transactions WHERE book_id = '${A}' AND sequence = 3`,
        `UPDATE ledger_heads SET sequence = 2, sha256 = (SELECT sha256 FROM ledger_transactions WHERE ${second})
         WHERE book_id = '${A}'`,
      ],
      null,
      /entries without a transaction/,
    ],
    [
      'two transactions exchanged',
      ['transactions', 'entries'].flatMap((table) => [
        `UPDATE ledger_${table} SET sequence = 9 WHERE book_id = '${A}' AND sequence = 2`,
        `UPDATE ledger_${table} SET sequence = 2 WHERE book_id = '${A}' AND sequence = 3`,
        `UPDATE ledger_${table} SET sequence = 3 WHERE book_id = '${A}' AND sequence = 9`,
      ]),
      2n,
      /previous hash/,
    ],
    [
      'the canonical text rewritten with its hash',
      [
        `UPDATE ledger_transactions SET canonical = '{}', sha256 = sha256(previous_sha256 || '{}') WHERE ${second}`,
      ],
      2n,
      /differ/,
    ],
    [
      'a balance raised',
      [`UPDATE ledger_accounts SET balance = balance - 1 WHERE book_id = '${A}' AND kind = 'payable'`],
      3n,
      /payable USD/,
    ],
    ['the head set back', [`UPDATE ledger_heads SET sequence = 2 WHERE book_id = '${A}'`], 3n, /head/],
    ['the head deleted', [`DELETE FROM ledger_heads WHERE book_id = '${A}'`], 3n, /head/],
    [
      "the other book's entry deleted",
      [`DELETE FROM ledger_entries WHERE book_id = '${B}' AND sequence = 2 AND position = 3`],
      2n,
      /mirror image/,
    ],
    [
      'a whole book deleted',
      ['entries', 'heads', 'transactions', 'accounts'].map(
        (table) => `DELETE FROM ledger_${table} WHERE book_id = '${A}'`,
      ),
      1n,
      /mirror image/,
    ],
  ])('%s', async (_, statements, sequence, what) => {
    await books.tamper(statements);
    const bookId = statements.length === 4 ? B : A;
    expect(await ledger.verify()).toEqual({
      ok: false,
      firstProblem: { agreementId, bookId, sequence, what: expect.stringMatching(what) as string },
    });
  });

  test('another agreement is not blamed', async () => {
    const other = v7();
    await ledger.post(statementOf(other, { byA: [1n] }));
    await books.tamper([`UPDATE ledger_entries SET amount = 5 WHERE agreement_id = '${other}'`]);
    expect(await ledger.verify({ agreementId })).toMatchObject({ ok: true });
    expect(await ledger.verify()).toMatchObject({ firstProblem: { agreementId: other, sequence: 1n } });
  });
});
