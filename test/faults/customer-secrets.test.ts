import { newApiKey } from '../../src/access/index.js';
import { expectProblem, requestsTo } from '../support/api.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { dealsOver, expectStatus, hourly, type Market } from '../support/market.js';
import { Processes, type Service } from '../support/processes.js';

const OLD = 'ab'.repeat(32);
const NEW = 'cd'.repeat(32);
const TERMS = { directions: { aToB: { zeroRating: { kind: 'all' } } } };

const processes = new Processes();
const operatorKey = newApiKey();

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await processes.cleanUp();
  await database.drop();
});

type Running = Pick<Market, 'request' | 'deal' | 'take' | 'send'> & { service: Service };

async function start(secret: string): Promise<Running> {
  const environment = {
    DATABASE_URL: database.url,
    OPERATOR_API_KEY: operatorKey,
    CUSTOMER_KEY_SECRET: secret,
  };
  const service = await processes.main(environment).ready();
  const request = requestsTo(service.url());
  return { service, request, ...dealsOver({ request, operatorKey }) };
}

async function reseal(secret: string): Promise<{ code: number | string; said: string }> {
  const environment = { DATABASE_URL: database.url, CUSTOMER_KEY_SECRET: secret };
  const command = processes.command('src/reseal-customer-keys.ts', environment);
  return { code: await command.ended(), said: command.stdout() + command.stderr() };
}

const shop = (id: string) => hourly(id, '05T00', '1000', { customer: 'shop-17' });

const sealedKeys = () =>
  database.query<{ version: number; sealed: Buffer | null }>(
    'SELECT version, sealed FROM customer_keys ORDER BY provider_id, version',
  );

const storedCustomers = async (): Promise<string[]> =>
  (await database.query<{ customer: string }>('SELECT DISTINCT customer FROM traffic_records')).map(
    ({ customer }) => customer,
  );

describe('the secret that keys of pseudonyms are sealed with', () => {
  it('gives way to a new one, and no pseudonym changes', async () => {
    const before = await start(OLD);
    const deal = await before.deal({ terms: TERMS });
    const { a } = deal;
    const keys = `/v1/providers/${a.code}/customer-keys`;
    for (let n = 0; n < 2; n++) expectStatus(await before.request('POST', keys, { key: a.key }), 201);
    expectStatus(await before.request('DELETE', `${keys}/1`, { key: a.key }), 204);
    await before.take(deal, a, [shop('r1')]);
    const customers = await storedCustomers();
    expect(customers).toEqual([expect.stringMatching(/^cust2_/)]);
    const sealed = await sealedKeys();
    expect(await before.service.end('SIGTERM')).toBe(0);

    // Both: what was sealed with the old one opens, and a new key is sealed with the new one.
    const between = await start(`${NEW},${OLD}`);
    expect((await between.take(deal, a, [shop('r1')])).body.counts).toMatchObject({ duplicate: 1 });
    const other = await between.deal({ terms: TERMS });
    const otherKeys = `/v1/providers/${other.a.code}/customer-keys`;
    expectStatus(await between.request('POST', otherKeys, { key: other.a.key }), 201);
    expect(await between.service.end('SIGTERM')).toBe(0);

    const done = await reseal(`${NEW},${OLD}`);
    expect(done).toEqual({
      code: 0,
      said: expect.stringMatching(/^2 keys .* 1 of them .* 0 cannot be opened/),
    });
    expect(done.said).not.toMatch(/abab|cdcd/);
    const resealed = await sealedKeys();
    expect(resealed[0]).toEqual({ version: 1, sealed: null });
    expect(resealed[1]!.sealed).not.toEqual(sealed[1]!.sealed);
    expect(await reseal(NEW)).toEqual({ code: 0, said: expect.stringMatching(/^2 keys .* 0 of them/) });
    expect(await sealedKeys()).toEqual(resealed);

    const after = await start(NEW);
    expect((await after.take(deal, a, [shop('r1'), shop('r2')])).body.counts).toMatchObject({
      duplicate: 1,
      created: 1,
    });
    await after.take(other, other.a, [shop('r1')]);
    expect(await storedCustomers()).toEqual(expect.arrayContaining(customers));
    const path = `/v1/agreements/${deal.code}/traffic-records?customer=shop-17`;
    const found = expectStatus(await after.request('GET', path, { key: a.key }), 200).body.data;
    expect(found.map(({ id }: { id: string }) => id)).toEqual(['r1', 'r2']);
    const events = await after.request('GET', '/v1/audit-events?action=customer_key.reseal', { key: a.key });
    expect(expectStatus(events, 200).body.data).toEqual([
      expect.objectContaining({ resource: { kind: 'customer_key', id: `${a.code}/2` } }),
    ]);
    expect(await after.service.end('SIGTERM')).toBe(0);
  });

  it('when it is lost stops batches with pseudonyms and nothing else, and is named by the command', async () => {
    const before = await start(NEW);
    const deal = await before.deal({ terms: TERMS });
    const keys = `/v1/providers/${deal.a.code}/customer-keys`;
    expectStatus(await before.request('POST', keys, { key: deal.a.key }), 201);
    expect(await before.service.end('SIGTERM')).toBe(0);
    const lost = 'ef'.repeat(32);
    const sealed = await sealedKeys();
    const { code, said } = await reseal(lost);
    expect(code).toBe(1);
    expect(said).toContain(
      `1 keys of ${deal.a.code} are sealed with a secret that CUSTOMER_KEY_SECRET has not.`,
    );
    expect(await sealedKeys()).toEqual(sealed);
    const after = await start(lost);
    expectProblem(await after.send(deal, deal.a, [shop('r1')]), 503, 'customer_keys_unavailable');
    await after.take(deal, deal.b, [hourly('r1', '05T00', '1000', { direction: 'ingress' })]);
  });
});
