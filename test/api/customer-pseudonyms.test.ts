import { pseudonymOf } from '../../src/traffic/rules/pseudonym.js';
import { expectProblem, type TestAnswer } from '../support/api.js';
import { until } from '../support/until.js';
import { expectStatus, hourly, startMarket, type Deal, type Market, type Party } from '../support/market.js';

const SECRET = 'ab'.repeat(32);
const TERMS = { directions: { aToB: { zeroRating: { kind: 'all' } } } };
const PRICES = { a: [{ side: 'egress' as const, unit: 'GB', unitPrice: '0.22' }] };

let market: Market;

beforeAll(async () => {
  market = await startMarket({ worker: true, environment: { CUSTOMER_KEY_SECRET: SECRET } });
});

afterAll(() => market.close());

const get = (path: string, key: string): Promise<TestAnswer> => market.request('GET', path, { key });

async function newKey({ code, key }: Party): Promise<TestAnswer> {
  return market.request('POST', `/v1/providers/${code}/customer-keys`, { key });
}

async function destroyKey({ code, key }: Party, version: number | string): Promise<TestAnswer> {
  return market.request('DELETE', `/v1/providers/${code}/customer-keys/${version}`, { key });
}

async function erase({ code, key }: Party, customer: string): Promise<TestAnswer> {
  return market.request('POST', `/v1/providers/${code}/customers/erase`, { key, body: { customer } });
}

/** A deal whose party A keeps its customers under pseudonyms. */
async function pseudonymous(): Promise<Deal> {
  const deal = await market.deal({ terms: TERMS, prices: PRICES });
  expectStatus(await newKey(deal.a), 201);
  return deal;
}

/** What the database holds of a deal's customers: in records, sums and credits. */
async function storedCustomers(deal: Deal): Promise<string[]> {
  const rows = await market.database.query<{ customer: string }>(
    `SELECT customer FROM traffic_records WHERE agreement_id = (SELECT id FROM agreements WHERE code = $1)
     UNION SELECT customer FROM usage_customers WHERE agreement_id = (SELECT id FROM agreements WHERE code = $1)
     UNION SELECT customer FROM credits WHERE agreement_id = (SELECT id FROM agreements WHERE code = $1)
     ORDER BY customer`,
    [deal.code],
  );
  return rows.map(({ customer }) => customer).filter((customer) => customer !== null && customer !== '');
}

async function recordsOf(deal: Deal, query = ''): Promise<any[]> {
  const path = `/v1/agreements/${deal.code}/traffic-records?${query}`;
  return expectStatus(await get(path, deal.a.key), 200).body.data;
}

const shop = (id: string, at: string, bytes = '1000000000000', more: object = {}) =>
  hourly(id, at, bytes, { customer: 'shop-17', ...more });

describe('with pseudonyms on', () => {
  it('a customer is stored under a pseudonym, and seen and found by its reporter under its own reference', async () => {
    const deal = await pseudonymous();
    await market.take(deal, deal.a, [shop('r1', '05T00'), hourly('r2', '05T01', '5', { customer: 'läb 4' })]);
    await market.take(deal, deal.a, [shop('r3', '05T02')], { as: 'ndjson' });
    await market.take(deal, deal.b, [hourly('r1', '05T00', '1000000000000', { direction: 'ingress' })]);
    const stored = await storedCustomers(deal);
    expect(stored).toHaveLength(2);
    expect(stored.every((customer) => /^cust1_[\w-]{22}$/.test(customer))).toBe(true);
    expect((await recordsOf(deal)).map(({ customer }) => customer)).toEqual(['shop-17', 'läb 4', 'shop-17']);
    expect((await recordsOf(deal, 'customer=shop-17')).map(({ id }) => id)).toEqual(['r1', 'r3']);
    expect(await recordsOf(deal, 'customer=shop')).toEqual([]);
    const { id } = await market.closePeriod(deal);
    const credits = (await get(`/v1/statements/${id}/credits`, deal.a.key)).body.data;
    expect(credits.map(({ customer }: any) => customer).sort()).toEqual(['läb 4', 'shop-17']);
    // What is stored for good must not name whom somebody may want to have erased.
    const csv = (await get(`/v1/statements/${id}/credits.csv`, deal.a.key)).text;
    expect(csv).toContain('cust1_');
    expect(csv).not.toContain('shop-17');
  });

  it('credits come to what they would without', async () => {
    const amounts: string[][] = [];
    for (const deal of [await market.deal({ terms: TERMS, prices: PRICES }), await pseudonymous()]) {
      await market.take(deal, deal.a, [
        shop('r1', '05T00'),
        hourly('r2', '05T00', '3000000000', { customer: 'lab' }),
        hourly('r3', '05T01', '7000000000', { customer: 'lab' }),
      ]);
      await market.take(deal, deal.b, [hourly('r1', '05T00', '1003000000000', { direction: 'ingress' })]);
      const { id } = await market.closePeriod(deal);
      const credits = (await get(`/v1/statements/${id}/credits`, deal.a.key)).body.data;
      amounts.push(credits.map(({ customer, amount }: any) => `${customer} ${amount}`).sort());
    }
    expect(amounts[1]).toEqual(amounts[0]);
    expect(amounts[0]).toHaveLength(2);
  });

  it('records keep their identity: sent before, under this key, under another, and after that is destroyed', async () => {
    const deal = await market.deal({ terms: TERMS, prices: PRICES });
    const { a } = deal;
    const outcome = async (records: object[]) => {
      const { created, superseded, duplicate } = (await market.take(deal, a, records)).body.counts;
      return { created, superseded, duplicate };
    };
    const duplicate = { created: 0, superseded: 0, duplicate: 1 };
    expect(await outcome([shop('plain', '05T00')])).toMatchObject({ created: 1 });
    expectStatus(await newKey(a), 201);
    expect(await outcome([shop('plain', '05T00')])).toEqual(duplicate);
    expect(await outcome([shop('first', '05T01')])).toMatchObject({ created: 1 });
    expect(await outcome([shop('first', '05T01')])).toEqual(duplicate);
    expectStatus(await newKey(a), 201);
    for (const id of ['plain', 'first']) {
      const at = id === 'plain' ? '05T00' : '05T01';
      expect(await outcome([shop(id, at)])).toEqual(duplicate);
      const other = await market.send(deal, a, [hourly(id, at, '1000000000000', { customer: 'other' })]);
      expect(other.body.errors).toEqual([expect.objectContaining({ code: 'record_conflict' })]);
    }
    expectStatus(await destroyKey(a, 1), 204);
    expect(await outcome([shop('first', '05T01')])).toEqual(duplicate);
    expect(await outcome([shop('first', '05T01', '2000000000000', { revision: 2 })])).toMatchObject({
      created: 1,
    });
    expect(await outcome([shop('first', '05T01', '3000000000000', { revision: 1 })])).toMatchObject({
      superseded: 1,
    });
    const stored = await storedCustomers(deal);
    expect(stored.map((customer) => customer.slice(0, 6))).toEqual(['cust1_', 'cust2_', 'shop-1']);
    const found = await recordsOf(deal, 'customer=shop-17');
    expect(found.map(({ id, revision }) => `${id} ${revision}`)).toEqual([
      'plain 0',
      'first 0',
      'first 1',
      'first 2',
    ]);
    expect(new Set(found.map(({ customer }) => customer))).toEqual(new Set(['shop-17']));
  });

  it('the key is stored sealed, differs between providers, and is shown to nobody', async () => {
    const [one, two] = [await pseudonymous(), await pseudonymous()];
    for (const deal of [one, two]) await market.take(deal, deal.a, [shop('r1', '05T00')]);
    expect(await storedCustomers(one)).not.toEqual(await storedCustomers(two));
    const keys = await market.database.query<{ sealed: Buffer }>(
      'SELECT sealed FROM customer_keys WHERE sealed IS NOT NULL',
    );
    for (const { sealed } of keys) {
      const guess = pseudonymOf({ version: 1, key: sealed.subarray(28) }, 'shop-17');
      expect(await storedCustomers(one)).not.toContain(guess);
    }
    const listed = await get(`/v1/providers/${one.a.code}/customer-keys`, one.a.key);
    expect(listed.body).toEqual({
      data: [{ version: 1, createdAt: expect.any(String), destroyedAt: null }],
      nextCursor: null,
    });
  });

  it('nobody but the provider itself switches, rotates, destroys or erases', async () => {
    const { a, b, code } = await pseudonymous();
    expectProblem(
      await market.request('POST', `/v1/providers/${a.code}/customer-keys`, { key: b.key }),
      404,
      'provider_not_found',
    );
    expectProblem(await destroyKey({ ...a, key: b.key }, 1), 404, 'provider_not_found');
    expectProblem(await erase({ ...a, key: b.key }, 'shop-17'), 404, 'provider_not_found');
    expectProblem(await destroyKey(a, 1), 409, 'customer_key_in_use');
    expectProblem(await destroyKey(a, 2), 404, 'customer_key_not_found');
    expectProblem(await destroyKey(a, 'x'), 404, 'customer_key_not_found');
    expectProblem(await erase(b, 'shop-17'), 409, 'customers_not_pseudonymous');
    expect(code).toBeTruthy();
  });
});

describe('an erased customer', () => {
  it('has no name any more, and all that was issued and proven of it stays valid', async () => {
    const deal = await pseudonymous();
    const batch = await market.take(deal, deal.a, [
      shop('r1', '05T00'),
      hourly('r2', '05T01', '4', { customer: 'lab' }),
    ]);
    await market.take(deal, deal.b, [hourly('r1', '05T00', '1000000000000', { direction: 'ingress' })]);
    const statement = await market.closePeriod(deal);
    const { key } = deal.a;
    const paths = [
      `/v1/statements/${statement.id}`,
      `/v1/statements/${statement.id}.json`,
      `/v1/statements/${statement.id}/credits.csv`,
      `/v1/agreements/${deal.code}/batches/${batch.body.id}`,
      `/v1/agreements/${deal.code}/batches/${batch.body.id}/proof?record=r1`,
      `/v1/agreements/${deal.code}/ledger-heads`,
      '/v1/balances',
    ];
    const read = async () =>
      Promise.all(paths.map(async (path) => (await get(path, key)).text.replace(/"asOf":"[^"]*"/g, '')));
    const before = await read();
    expectStatus(await erase(deal.a, 'shop-17'), 204);
    expectStatus(await erase(deal.a, 'shop-17'), 204);
    expect(await read()).toEqual(before);
    expect((await recordsOf(deal)).map(({ customer }) => customer)).toEqual([
      expect.stringMatching(/^cust1_/),
      'lab',
    ]);
    expect(await recordsOf(deal, 'customer=shop-17')).toEqual([]);
    const credits = (await get(`/v1/statements/${statement.id}/credits`, key)).body.data;
    expect(credits.map(({ customer }: any) => customer).sort()).toEqual([
      expect.stringMatching(/^cust1_/),
      'lab',
    ]);
    const verify = await market.request('POST', `/v1/statements/${statement.id}/verify`, { key });
    expect((await market.job(verify.body.id, key)).result).toMatchObject({ matches: true });
    expect((await get('/v1/ledger/integrity', key)).body).toMatchObject({ ok: true });
    const dump = await market.database.query<{ text: string }>(
      `SELECT reference AS text FROM customer_references
       UNION ALL SELECT canonical FROM audit_events UNION ALL SELECT body::text FROM idempotency_keys`,
    );
    expect(
      JSON.stringify(
        dump.map(({ text }) => text).filter((text) => text.includes('shop-17') && text.includes(deal.a.code)),
      ),
    ).toBe('[]');
    expect(JSON.stringify(market.logs())).not.toContain('shop-17');
  });

  it('is not named again by a batch that is sent again, but by new records of it', async () => {
    const deal = await pseudonymous();
    await market.take(deal, deal.a, [shop('r1', '05T00')]);
    const [pseudonym] = await storedCustomers(deal);
    expectStatus(await erase(deal.a, 'shop-17'), 204);
    expect((await market.take(deal, deal.a, [shop('r1', '05T00')])).body.counts).toMatchObject({
      duplicate: 1,
    });
    expect((await recordsOf(deal)).map(({ customer }) => customer)).toEqual([pseudonym]);
    await market.take(deal, deal.a, [shop('r1', '05T00', '9', { revision: 1 })]);
    expect((await recordsOf(deal)).map(({ customer }) => customer)).toEqual(['shop-17', 'shop-17']);
    expect(await storedCustomers(deal)).toEqual([pseudonym]);
  });

  it('of a destroyed key is nobody, also to whoever sends it again', async () => {
    const deal = await pseudonymous();
    await market.take(deal, deal.a, [shop('r1', '05T00')]);
    expectStatus(await erase(deal.a, 'shop-17'), 204);
    expectStatus(await newKey(deal.a), 201);
    expectStatus(await destroyKey(deal.a, 1), 204);
    const again = await market.send(deal, deal.a, [shop('r1', '05T00')]);
    expect(again.body.errors).toEqual([expect.objectContaining({ code: 'record_conflict' })]);
    expectStatus(await market.send(deal, deal.a, [shop('r1', '05T00', '9', { revision: 1 })]), 201);
  });
});

describe('a batch under way', () => {
  it('is told to come again when pseudonyms are switched on, and stores nothing as it was sent', async () => {
    const deal = await market.deal({ terms: TERMS });
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const lines = Array.from({ length: 2_000 }, (_, n) => `${JSON.stringify(shop(`r${n}`, '05T00', '1'))}\n`);
    const body = new ReadableStream({
      async start(controller) {
        controller.enqueue(Buffer.from(lines.slice(0, 1_500).join('')));
        await gate;
        controller.enqueue(Buffer.from(lines.slice(1_500).join('')));
        controller.close();
      },
    });
    const answer = fetch(`${market.url}/v1/agreements/${deal.code}/batches`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${deal.a.key}`, 'Content-Type': 'application/x-ndjson' },
      body,
      duplex: 'half',
    });
    await until('the batch is being read', async () => {
      const open = await market.database.query(
        `SELECT FROM pg_stat_activity WHERE state = 'idle in transaction' AND query LIKE '%incoming_terms%'`,
      );
      return open.length > 0;
    });
    expectStatus(await newKey(deal.a), 201);
    go();
    const { status } = await answer;
    expect(status).toBe(409);
    expect(await storedCustomers(deal)).toEqual([]);
  });
});

describe('without a secret of the service', () => {
  it('pseudonyms cannot be switched on, and nothing else changes', async () => {
    const plain = await startMarket();
    try {
      const { a, code } = await plain.deal();
      const path = `/v1/providers/${a.code}/customer-keys`;
      expectProblem(await plain.request('POST', path, { key: a.key }), 409, 'customers_not_pseudonymous');
      await plain.take({ code }, a, [shop('r1', '05T00')]);
      const [row] = await plain.database.query('SELECT customer FROM traffic_records');
      expect(row).toEqual({ customer: 'shop-17' });
    } finally {
      await plain.close();
    }
  });
});
