import pg from 'pg';
import { v7 } from 'uuid';
import { merkleRoot, leafHash } from '../../src/integrity/rules/merkle.js';
import { faultInBooks, type SealDocument, type SealedChain } from '../../src/integrity/rules/seal.js';
import {
  creditPostings,
  disputePostings,
  entryLeaves,
  leafText,
  LedgerService,
  paymentPostings,
} from '../../src/ledger/index.js';
import type { Database, Queryable } from '../../src/platform/database/index.js';
import { Random } from '../support/random.js';
import { forge } from './forgery.js';
import { A, B, openLedger, statementOf, type LedgerUnderTest } from './ledger-support.js';
import { drawTampering, type StoredRows } from './tamperings.js';

/** `npm run test:tampering` makes ten thousand. */
const TAMPERINGS = Number(process.env.TAMPERINGS ?? 250);
const SEED = Number(process.env.SEED ?? 1);

let books: LedgerUnderTest;
let owner: pg.Client;
/** The ledger as the owner of the database sees it, uncommitted changes and all. */
let seen: LedgerService;
let kept: SealDocument;
const agreementId = v7();

beforeAll(async () => {
  books = await openLedger();
  await post(books.ledger);
  owner = new pg.Client({ connectionString: books.server.url });
  await owner.connect();
  await dropConstraints();
  const db: Queryable = {
    query: async <Row>(text: string, values?: readonly unknown[]) =>
      (await owner.query(text, values as unknown[])).rows as Row[],
  };
  const within = <T>(work: (tx: Queryable) => Promise<T>): Promise<T> => work(db);
  seen = new LedgerService({ ...db, snapshot: within, transaction: within } as unknown as Database);
  kept = {
    type: 'peerledger-ledger-head',
    agreement: 'a-b',
    number: 1,
    period: '2026-10',
    statement: 'a-b-0001',
    sealedAt: '2026-11-06T00:00:00Z',
    previousSha256: null,
    books: (await chains()).map(({ provider, sha256, count, root, sequence }) => ({
      provider,
      sequence,
      sha256,
      entries: { from: '1', count, root },
    })),
  };
}, 60_000);

afterAll(async () => {
  await owner.end();
  await books.close();
});

/** Statements both ways, a dispute, payments with an offset, credits, a reversal. */
async function post(ledger: LedgerService): Promise<void> {
  const step = (sourceKind: string, on: number, of: ReturnType<typeof disputePostings>) =>
    ledger.post({ agreementId, sourceKind, sourceId: v7(), effectiveAt: Date.UTC(2026, 10, on), books: of });
  const pair = { payer: A, payee: B, currency: 'USD' };
  await ledger.post(statementOf(agreementId, { byA: [100n, 50n], byB: [30n] }));
  const credits = [{ direction: 'aToB', side: 'egress', amount: 2200n, currency: 'USD' }];
  await step('credit', 6, [creditPostings({ bookId: A, counterpartyId: B, credits })]);
  await step('dispute_step', 7, disputePostings([{ ...pair, amount: 20n, disputeId: v7() }]));
  const open = { payable: 130n, receivable: 30n };
  const payment = { agreementId, sourceKind: 'payment', sourceId: v7(), effectiveAt: Date.UTC(2026, 10, 8) };
  await ledger.post({ ...payment, books: paymentPostings({ ...pair, amount: 40n, open, netting: true }) });
  await ledger.post(statementOf(agreementId, { byA: [7n], byB: [9n, 1n] }, Date.UTC(2026, 11, 6)));
  await ledger.reverse(payment, {
    sourceKind: 'payment_reversal',
    sourceId: payment.sourceId,
    effectiveAt: 1,
  });
  await step('dispute_step', 9, disputePostings([{ ...pair, amount: -20n, disputeId: v7() }]));
}

/** Whoever owns the database can take away whatever would hinder it. */
async function dropConstraints(): Promise<void> {
  const { rows } = await owner.query<{ statement: string }>(
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', conrelid::regclass, conname) AS statement
     FROM pg_constraint WHERE conrelid::regclass::text LIKE 'ledger%' AND contype IN ('c', 'f', 'p', 'u')
     ORDER BY contype = 'p', contype = 'u'`,
  );
  for (const { statement } of rows) await owner.query(statement).catch(() => undefined);
  await owner.query('ALTER TABLE ledger_entries DISABLE TRIGGER USER');
}

async function chains(): Promise<(SealedChain & { sequence: string })[]> {
  const all: (SealedChain & { sequence: string })[] = [];
  for (const bookId of [A, B]) {
    const chain = { provider: bookId, sequence: '0', sha256: null as string | null, leaves: [] as Buffer[] };
    for await (const link of seen.links({ agreementId, bookId, after: 0n, upTo: null })) {
      chain.sequence = String(link.sequence);
      chain.sha256 = link.sha256.toString('hex');
      for (const leaf of entryLeaves(link.canonical)) chain.leaves.push(leafHash(leafText(leaf)));
    }
    const { leaves, ...rest } = chain;
    all.push({ ...rest, count: leaves.length, root: merkleRoot(leaves).toString('hex') });
  }
  return all;
}

async function storedRows(): Promise<StoredRows> {
  const generated = ['previous_sequence'];
  const read = async (table: string) => {
    const { rows } = await owner.query<Record<string, unknown>>(
      `SELECT ctid::text AS ctid, * FROM ledger_${table} ORDER BY book_id, ${table === 'accounts' ? 'kind' : 'sequence'}`,
    );
    return rows.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => !generated.includes(name))),
    );
  };
  return {
    entries: await read('entries'),
    transactions: await read('transactions'),
    heads: await read('heads'),
    accounts: await read('accounts'),
  };
}

/** Does something and takes it back. */
async function undone<T>(work: () => Promise<T>): Promise<T> {
  await owner.query('BEGIN');
  try {
    return await work();
  } finally {
    await owner.query('ROLLBACK');
  }
}

test('the untouched ledger holds, and agrees with the heads that were kept', async () => {
  expect(await seen.verify({ agreementId })).toEqual({ ok: true, transactions: 13, entries: 25 });
  expect(faultInBooks(kept, await chains())).toBeNull();
});

test(`${TAMPERINGS} random tamperings (seed ${SEED}) are all found, and where they were made`, async () => {
  const random = new Random(SEED);
  const rows = await storedRows();
  const missed: object[] = [];
  const found: Record<string, number> = {};
  for (let count = 0; count < TAMPERINGS; count += 1) {
    const tampering = drawTampering(random, rows);
    const result = await undone(async () => {
      for (const statement of tampering.statements) await owner.query(statement);
      return seen.verify({ agreementId });
    });
    const { places, ...shown } = tampering;
    const problem = result.ok ? null : result.firstProblem;
    const place = problem && `${problem.bookId}/${problem.sequence ?? ''}`;
    if (place !== null && (places as string[]).includes(place))
      found[tampering.what] = (found[tampering.what] ?? 0) + 1;
    else missed.push({ ...shown, place, places, what: problem?.what });
  }
  expect(missed).toEqual([]);
  expect(Object.keys(found).length).toBeGreaterThan(15);
}, 3_600_000);

test('chains that were rewritten whole agree with themselves, and not with the heads that were kept', async () => {
  const random = new Random(SEED);
  for (let count = 0; count < Math.ceil(TAMPERINGS / 5); count += 1) {
    const { what, book } = await undone(async () => {
      const forged = await forge(owner, random, agreementId);
      expect(await seen.verify({ agreementId })).toMatchObject({ ok: true });
      return { what: faultInBooks(kept, await chains()), book: forged };
    });
    expect({ book, what }).toEqual({ book, what: expect.stringContaining(A) });
  }
}, 3_600_000);
