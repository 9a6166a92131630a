import pg from 'pg';
import { creditPostings, issuePostings, LedgerService, type BookPostings } from '../src/ledger/index.js';
import { connectDatabase, migrate, OPERATOR, type Tenant } from '../src/platform/database/index.js';
import { newId } from '../src/platform/ids/index.js';
import type { Run } from './run.js';

/** Something that moves money between accounts, one transaction a call. */
export interface Books {
  name: 'peerledger' | 'pgledger';
  /** Makes one transaction of so many transfers, each between two of the accounts. */
  post(transfers: number, accounts: 'hot' | 'spread'): Promise<void>;
  /** Fails unless everything that was posted is there and adds up. */
  check(posted: number): Promise<void>;
}

/** Accounts of the spread cases, on either side. */
export const SPREAD_ACCOUNTS = 1_000;
/** A posting touches two accounts in each of the two books. */
const ACCOUNTS_AN_AGREEMENT = 4;
const A = '00000000-0000-7000-8000-00000000000a';
const B = '00000000-0000-7000-8000-00000000000b';

/**
 * Our own books through the service's door, by its role: a document a transaction, mirrored in both parties'
 * books. A transfer is an entry.
 */
export async function openPeerledger(run: Run, url: string, connections: number): Promise<Books> {
  await migrate(url);
  const owner = await connectOwner(run, url);
  await owner.query(
    `INSERT INTO providers (id, code, name, asns, billing_currency, created_at)
     VALUES ($1, 'a', 'A', '{64500}', 'USD', now()), ($2, 'b', 'B', '{64501}', 'USD', now())`,
    [A, B],
  );
  const database = await connectDatabase({ url, poolSize: connections, applicationName: 'bench' });
  run.undo(() => database.close());
  const ledger = new LedgerService(database);
  const agreements = Array.from({ length: SPREAD_ACCOUNTS / ACCOUNTS_AN_AGREEMENT }, newId);
  const post = async (agreementId: string, transfers: number): Promise<void> => {
    const source = { sourceKind: 'bench', sourceId: newId(), effectiveAt: Date.now() };
    const tenant: Tenant = { kind: 'agreement', agreementId, partyIds: [A, B] };
    await database.actFor(tenant, () =>
      ledger.post({ agreementId, ...source, books: postingsOf(transfers) }),
    );
  };
  for (const agreementId of agreements) await post(agreementId, 2);
  return {
    name: 'peerledger',
    post: (transfers, accounts) => post(accounts === 'hot' ? agreements[0]! : oneOf(agreements), transfers),
    check: async (posted) => {
      const { rows } = await owner.query<{ entries: string }>(
        `SELECT count(*) AS entries FROM ledger_entries`,
      );
      const expected = posted + 2 * agreements.length;
      if (Number(rows[0]!.entries) !== expected)
        throw new Error(`${rows[0]!.entries} entries, not ${expected}`);
      const verified = await database.actFor(OPERATOR, () => ledger.verify({ agreementId: agreements[1]! }));
      if (!verified.ok) throw new Error(verified.firstProblem.what);
    },
  };
}

/** One transfer stands in one book alone, as a credit does; more are mirrored, half of them in each book. */
function postingsOf(transfers: number): BookPostings[] {
  if (transfers === 1) {
    const credits = [{ direction: 'aToB', side: 'egress', amount: 100n, currency: 'USD' }];
    return [creditPostings({ bookId: A, counterpartyId: B, credits })];
  }
  const line = (_: unknown, at: number) => ({ id: `line-${at}`, payer: A, payee: B, amount: 100n });
  return issuePostings({ lines: Array.from({ length: transfers / 2 }, line), currency: 'USD' });
}

/** pgledger as its SQL files make it, called as its README shows. */
export async function openPgledger(
  run: Run,
  url: string,
  sql: readonly string[],
  connections: number,
): Promise<Books> {
  const owner = await connectOwner(run, url);
  for (const file of sql) await owner.query(file);
  const { rows } = await owner.query<{ id: string }>(
    `SELECT account.id FROM generate_series(1, $1::integer) AS n, pgledger_create_account('a' || n, 'USD') AS account`,
    [SPREAD_ACCOUNTS],
  );
  const accounts = rows.map(({ id }) => id);
  const pool = new pg.Pool({ connectionString: url, max: connections });
  pool.on('error', () => undefined);
  run.undo(() => pool.end().catch(() => undefined));
  return {
    name: 'pgledger',
    post: async (transfers, among) => {
      const pairs = Array.from({ length: transfers }, () =>
        pairOf(among === 'hot' ? accounts.slice(0, 2) : accounts),
      );
      await pool.query(
        `SELECT count(*) FROM pgledger_create_transfers(
           (SELECT array_agg((source, target, 100)::transfer_request) FROM unnest($1::text[], $2::text[]) AS pair (source, target)))`,
        [pairs.map(([from]) => from), pairs.map(([, to]) => to)],
      );
    },
    check: async (posted) => {
      const found = await owner.query<{ transfers: string }>(
        `SELECT count(*) AS transfers FROM pgledger_transfers`,
      );
      if (Number(found.rows[0]!.transfers) !== posted) throw new Error('pgledger lost transfers');
    },
  };
}

async function connectOwner(run: Run, url: string): Promise<pg.Client> {
  const owner = new pg.Client({ connectionString: url });
  owner.on('error', () => undefined);
  await owner.connect();
  run.undo(() => owner.end().catch(() => undefined));
  return owner;
}

function pairOf(accounts: readonly string[]): [string, string] {
  const from = oneOf(accounts);
  for (;;) {
    const to = oneOf(accounts);
    if (to !== from) return [from, to];
  }
}

function oneOf<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)]!;
}
