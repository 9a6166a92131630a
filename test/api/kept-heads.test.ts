import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { hourly, startMarket, type Deal, type Market } from '../support/market.js';
import { Processes } from '../support/processes.js';

/*
 * What the owner of the database takes away whole: no row of it is left that could contradict the rest. The ledger
 * heads that the parties keep do.
 */

const BOOKS = ['ledger_entries', 'ledger_transactions', 'ledger_accounts', 'ledger_heads'];
const ISSUED = ['ledger_seals', 'statement_renderings', 'rendering_parts', 'statements'];

const processes = new Processes();
let market: Market;
let folder: string;
let deal: Deal;
let other: Deal;
/** Where A of the deal keeps its ledger head. */
let kept: string;

beforeAll(async () => {
  market = await startMarket({ worker: true });
  folder = await mkdtemp(join(tmpdir(), 'peerledger-kept-'));
  [deal, other] = [await settled(), await settled()];
  kept = await keep(deal);
});

afterAll(async () => {
  await processes.cleanUp();
  await market.close();
  await rm(folder, { recursive: true });
});

async function settled(): Promise<Deal> {
  const terms = { directions: { aToB: { pricing: { model: 'linear', unit: 'GB', unitPrice: '1' } } } };
  const made = await market.deal({ terms });
  await market.take(made, made.a, [hourly('r1', '05T00', '9000000000')]);
  await market.take(made, made.b, [hourly('r1', '05T00', '9000000000', { direction: 'ingress' })]);
  await market.closePeriod(made);
  return made;
}

async function keep({ code, a }: Deal): Promise<string> {
  const { text } = await market.request('GET', `/v1/agreements/${code}/ledger-heads/1`, { key: a.key });
  const file = join(folder, `${code}.json`);
  await writeFile(file, text);
  return file;
}

/** Deletes all rows of tables, with no constraint to hinder it. */
async function takeAway(tables: readonly string[]): Promise<void> {
  const owner = new pg.Client({ connectionString: market.database.url });
  await owner.connect();
  await owner.query('SET session_replication_role = replica');
  for (const table of tables) await owner.query(`DELETE FROM ${table}`);
  await owner.end();
}

/** `npm run ledger:verify` with these arguments: its exit code, and all that it says. */
async function verify(...args: string[]): Promise<{ code: number | string; said: string }> {
  const command = processes.command('src/ledger-verify.ts', { DATABASE_URL: market.database.url }, args);
  return { code: await command.ended(), said: command.stdout() + command.stderr() };
}

const atEach = 'The books are what they were at each of 1 kept ledger heads.\nEverything holds.\n';

it('a kept head is compared, or the command says that it was not', async () => {
  expect(await verify('--heads', kept)).toEqual({ code: 0, said: expect.stringContaining(atEach) });
  expect(await verify('--heads', kept, '--agreement', other.code)).toEqual({
    code: 2,
    said: `${kept} is of the agreement ${deal.code}, which --agreement leaves out.\n`,
  });
});

it('books that are gone are missed, whoever asks: by the statements, by a kept head, also with the agreement', async () => {
  const wrong = (what: string) => ({ code: 1, said: expect.stringContaining(`\nWRONG ${what}\n`) });
  const missed = 'statement 1: the books do not hold what it charges';
  await takeAway(BOOKS);
  for (const key of [market.operatorKey, deal.a.key]) {
    const { body } = await market.request('GET', '/v1/ledger/integrity', { key });
    const firstProblem = { check: 'statements', agreement: deal.code, what: missed };
    expect(body).toMatchObject({ ok: false, firstProblem });
  }
  await takeAway(ISSUED);
  const gone = `the book of ${deal.a.code} is not what it was at transaction 1.`;
  expect(await verify('--heads', kept)).toEqual(
    wrong(`(kept_heads), agreement ${deal.code}: kept ledger head 1: ${gone}`),
  );
  await takeAway(['agreements']);
  expect(await verify('--heads', kept)).toEqual(
    wrong(`(kept_heads), agreement ${deal.code}: kept ledger head 1: there is no such agreement.`),
  );
});
