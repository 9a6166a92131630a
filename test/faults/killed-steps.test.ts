import pg from 'pg';
import { IntegrityService } from '../../src/integrity/index.js';
import { raised, step, stepped } from '../api/disputes-support.js';
import { expectStatus, hourly, startMarket, type Deal, type Market } from '../support/market.js';
import { Processes, type Service } from '../support/processes.js';
import { until } from '../support/until.js';

/*
 * A real process of the API is killed in the middle of a step: a lock on a table that the step writes last holds it
 * there. Nothing of the step may be left, and asked again it is taken once.
 */

const processes = new Processes();
let market: Market;
let service: Service;
let deal: Deal;
let statement: any;

beforeAll(async () => {
  market = await startMarket({ worker: true });
});

beforeEach(async () => {
  deal = await market.deal({
    terms: {
      reconciliation: { ppm: 0, mismatchRule: 'higher' },
      directions: { aToB: { pricing: { model: 'linear', unit: 'GB', unitPrice: '1.00' } }, bToA: {} },
    },
  });
  await market.take(deal, deal.a, [hourly('r1', '05T00', '100000000000')]);
  await market.take(deal, deal.b, [hourly('r1', '05T00', '90000000000', { direction: 'ingress' })]);
  statement = await market.closePeriod(deal);
  service = await processes.main({ DATABASE_URL: market.database.url }, []).ready();
});

afterEach(async () => {
  if (service.isRunning()) await service.end('SIGKILL');
});

afterAll(async () => {
  await processes.cleanUp();
  await market.close();
});

/** All that a step could have left of itself. */
async function everything(): Promise<unknown> {
  const tables = ['disputes', 'disputed_lines', 'dispute_steps', 'agreed_bytes', 'concessions', 'payments'];
  tables.push('statement_steps', 'ledger_accounts', 'ledger_entries', 'ledger_heads', 'agreement_clocks');
  const found: Record<string, unknown> = {};
  for (const table of tables) {
    found[table] = await market.database.query(
      `SELECT t::text FROM ${table} t
        WHERE agreement_id = (SELECT id FROM agreements WHERE code = '${deal.code}') ORDER BY 1`,
    );
  }
  const { body } = await market.request('GET', `/v1/statements/${statement.id}`, { key: deal.a.key });
  return { ...found, statement: body };
}

/** Sends a request to the process, and kills that once it waits to write to the table. */
async function killedAt(table: string, path: string, key: string, body?: object): Promise<void> {
  const etag = await etagOf(path.replace(/\/\w+$/, ''), key);
  const holder = new pg.Client({ connectionString: market.database.url });
  await holder.connect();
  try {
    await holder.query(`BEGIN; LOCK TABLE ${table} IN EXCLUSIVE MODE`);
    const answer = fetch(service.url() + path, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${key}`,
        'Idempotency-Key': `killed at ${table}`,
        ...(etag && { 'If-Match': etag }),
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    }).then(
      ({ status }) => status,
      () => 'none',
    );
    await until(`it waits for ${table}`, async () => {
      const waiting = await market.database.query(
        `SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ~ '(INSERT INTO|UPDATE) ${table}'`,
      );
      return waiting.length > 0;
    });
    await service.end('SIGKILL');
    expect(await answer).toBe('none');
  } finally {
    await holder.query('COMMIT');
    await holder.end();
  }
  await until('the server has noticed', async () => {
    const [left] = await market.database.query<{ count: string }>(
      `SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return left!.count === '0';
  });
}

async function etagOf(path: string, key: string): Promise<string | null> {
  const { status, headers } = await market.request('GET', path, { key });
  return status === 200 ? headers.get('etag') : null;
}

async function expectSound(): Promise<void> {
  expect(await market.acting(IntegrityService).verify()).toMatchObject({ firstProblem: null });
}

it.each(['disputed_lines', 'dispute_steps', 'ledger_entries', 'statement_steps'])(
  'raising a dispute, killed at %s, leaves nothing and can be asked again',
  async (table) => {
    const body = {
      statement: statement.id,
      line: statement.lines[0].id,
      reason: 'rate',
      claimedAmount: '60.00',
    };
    const before = await everything();
    await killedAt(table, '/v1/disputes', deal.a.key, body);
    expect(await everything()).toEqual(before);
    const again = await market.request('POST', '/v1/disputes', { key: deal.a.key, body });
    expect(expectStatus(again, 201).body).toMatchObject({ state: 'raised', withheldAmount: '40.00' });
    await expectSound();
  },
);

it.each([
  ['concessions', { kind: 'amount', amount: '10.00' }],
  ['agreed_bytes', null],
  ['dispute_steps', { kind: 'no_change' }],
  ['ledger_entries', { kind: 'no_change' }],
  ['statement_steps', { kind: 'no_change' }],
])('consent, killed at %s, leaves nothing and can be given again', async (table, resolution) => {
  const { id } = await raised(market, { deal, statement, lineId: statement.lines[0].id }, deal.a);
  const bucket = { direction: 'aToB', start: `${statement.period}-05T00:00:00Z`, scope: {} };
  const bytes = { kind: 'bytes', buckets: [{ ...bucket, bytes: '95000000000' }] };
  await stepped(market, id, 'propose', deal.b, { body: { resolution: resolution ?? bytes } });
  const before = await everything();
  await killedAt(table, `/v1/disputes/${id}/consent`, deal.a.key);
  expect(await everything()).toEqual(before);
  expectStatus(await step(market, id, 'consent', deal.a), 200);
  expectStatus(await step(market, id, 'consent', deal.a), 200);
  const after = (await market.request('GET', `/v1/disputes/${id}`, { key: deal.b.key })).body;
  expect(after).toMatchObject({ state: 'resolved', withheldAmount: '0.00' });
  expect(after.steps).toHaveLength(3);
  await expectSound();
});

it.each([
  ['confirm', 'ledger_entries'],
  ['confirm', 'statement_steps'],
  ['reverse', 'ledger_entries'],
  ['reverse', 'statement_steps'],
])('to %s a payment, killed at %s, leaves nothing and can be asked again', async (verb, table) => {
  for (const { key } of [deal.a, deal.b]) {
    const headers = { 'If-Match': (await etagOf(`/v1/statements/${statement.id}`, key))! };
    const accept = `/v1/statements/${statement.id}/accept`;
    expectStatus(await market.request('POST', accept, { key, headers }), 200);
  }
  const body = {
    agreement: deal.code,
    payer: deal.a.code,
    amount: '100.00',
    currency: 'USD',
    reference: 'x',
  };
  const paid = { ...body, paidAt: '2025-05-01T00:00:00Z' };
  const made = await market.request('POST', '/v1/payments', { key: deal.a.key, body: paid });
  const path = `/v1/payments/${expectStatus(made, 201).body.id}`;
  if (verb === 'reverse') {
    expectStatus(await market.request('POST', `${path}/confirm`, { key: deal.b.key }), 200);
  }
  const before = await everything();
  await killedAt(table, `${path}/${verb}`, deal.b.key);
  expect(await everything()).toEqual(before);
  for (const _ of [1, 2]) {
    expectStatus(await market.request('POST', `${path}/${verb}`, { key: deal.b.key }), 200);
  }
  const { state } = (await market.request('GET', `/v1/statements/${statement.id}`, { key: deal.a.key })).body;
  expect(state).toBe(verb === 'confirm' ? 'settled' : 'accepted');
  await expectSound();
});
