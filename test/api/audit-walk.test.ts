import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { exportJWK } from 'jose';
import { parse } from 'yaml';
import type { TestRequest } from '../support/api.js';
import {
  expectStatus,
  FREE,
  hourly,
  PERIOD,
  startMarket,
  type Deal,
  type Market,
} from '../support/market.js';
import { CHARGED, issued, raised, step, type Disputable } from './disputes-support.js';

let market: Market;

beforeAll(async () => {
  market = await startMarket({ worker: true, environment: { CUSTOMER_KEY_SECRET: 'ab'.repeat(32) } });
});

afterAll(() => market.close());

/** A request that changes something, and as what it is logged. */
interface Change extends TestRequest {
  path: string;
  /** Absent where a session's cookie is among the headers. */
  key?: string;
  /** Null where the route changes nothing at all. */
  action: string | null;
  /** Where asking again is another change, such as another job once the first is done. */
  isNewEachTime?: boolean;
}

const etagOf = async (path: string, key: string): Promise<Record<string, string>> => ({
  'If-Match': expectStatus(await market.request('GET', path, { key }), 200).headers.get('etag')!,
});

const ofAgreement = (deal: Deal, verb: string, more: Partial<Change> = {}) => ({
  path: `/v1/agreements/${deal.code}/${verb}`,
  key: deal.a.key,
  ...more,
});

/** What asks an agreement to be suspended, resumed or ended, as it is now. */
async function life(deal: Deal, verb: string, body?: object): Promise<Change> {
  const headers = await etagOf(`/v1/agreements/${deal.code}`, deal.a.key);
  return { ...ofAgreement(deal, verb), headers, body, action: `agreement.${verb}` };
}

async function stepOf(
  verb: string,
  party: 'a' | 'b',
  prepare?: (id: string, of: Disputable) => Promise<unknown>,
) {
  const of = await issued(market);
  const { id } = await raised(market, of, of.deal.a);
  await prepare?.(id, of);
  const { key } = of.deal[party];
  const path = `/v1/disputes/${id}`;
  return { path: `${path}/${verb}`, key, headers: await etagOf(path, key), action: `dispute.${verb}` };
}

async function payment(action: string, confirmed = false): Promise<Change> {
  const { deal } = await issued(market);
  const body = { agreement: deal.code, payer: deal.a.code, amount: '1.00', currency: 'USD' };
  const recorded = await market.request('POST', '/v1/payments', {
    key: deal.a.key,
    body: { ...body, paidAt: '2025-07-01T00:00:00Z', reference: 'wire 1' },
  });
  const path = `/v1/payments/${expectStatus(recorded, 201).body.id}`;
  if (confirmed) expectStatus(await market.request('POST', `${path}/confirm`, { key: deal.b.key }), 200);
  return { path: `${path}/${action}`, key: deal.b.key, action: `payment.${action}` };
}

/** For every route that may change something, a request that does. A new route is thought over here. */
const CHANGES: Record<string, () => Promise<Change>> = {
  'POST /v1/providers': () =>
    Promise.resolve({
      path: '/v1/providers',
      key: market.operatorKey,
      body: { code: 'newcomer', name: 'Newcomer', asns: [64500], billingCurrency: 'USD' },
      action: 'provider.register',
    }),
  'POST /v1/providers/{provider}/api-keys': async () => {
    const { code, key } = (await market.deal()).a;
    const body = { name: 'second', scopes: ['traffic:read'] };
    return { path: `/v1/providers/${code}/api-keys`, key, body, action: 'api_key.create' };
  },
  'DELETE /v1/providers/{provider}/api-keys/{id}': async () => {
    const { code, key } = (await market.deal()).a;
    const path = `/v1/providers/${code}/api-keys`;
    const body = { name: 'second', scopes: ['traffic:read'] };
    const { id } = expectStatus(await market.request('POST', path, { key, body }), 201).body;
    return { path: `${path}/${id}`, key, action: 'api_key.revoke' };
  },
  'POST /v1/providers/{provider}/list-prices': async () => {
    const { code, key } = (await market.deal()).a;
    const price = { side: 'egress', unit: 'GB', unitPrice: '0.22', from: '2020-01-01T00:00:00Z' };
    const body = { prices: [price] };
    return { path: `/v1/providers/${code}/list-prices`, key, body, action: 'list_prices.add' };
  },
  'POST /v1/providers/{provider}/signing-keys': async () => {
    const { code, key } = (await market.deal()).a;
    const { kty, crv, x } = await exportJWK(generateKeyPairSync('ed25519').publicKey);
    const body = { kty, crv, x };
    return { path: `/v1/providers/${code}/signing-keys`, key, body, action: 'signing_key.register' };
  },
  'DELETE /v1/providers/{provider}/signing-keys/{kid}': async () => {
    const { code, key } = (await market.deal()).a;
    const path = `/v1/providers/${code}/signing-keys`;
    const { kty, crv, x } = await exportJWK(generateKeyPairSync('ed25519').publicKey);
    const { kid } = expectStatus(
      await market.request('POST', path, { key, body: { kty, crv, x } }),
      201,
    ).body;
    return { path: `${path}/${kid}`, key, action: 'signing_key.revoke' };
  },
  'PUT /v1/providers/{provider}/business-details': async () => {
    const { code, key } = (await market.deal()).a;
    const body = { legalName: 'Alpha Cloud AG' };
    return { path: `/v1/providers/${code}/business-details`, key, body, action: 'provider.describe' };
  },
  'POST /v1/providers/{provider}/customer-keys': async () => {
    const { code, key } = (await market.deal()).a;
    return { path: `/v1/providers/${code}/customer-keys`, key, action: 'customer_key.create' };
  },
  'DELETE /v1/providers/{provider}/customer-keys/{version}': async () => {
    const { code, key } = (await market.deal()).a;
    const path = `/v1/providers/${code}/customer-keys`;
    for (let n = 0; n < 2; n++) expectStatus(await market.request('POST', path, { key }), 201);
    return { path: `${path}/1`, key, action: 'customer_key.destroy' };
  },
  'POST /v1/providers/{provider}/customers/erase': async () => {
    const deal = await market.deal();
    const { code, key } = deal.a;
    const path = `/v1/providers/${code}`;
    expectStatus(await market.request('POST', `${path}/customer-keys`, { key }), 201);
    await market.take(deal, deal.a, [hourly('r1', '05T00', '1000', { customer: 'c-1' })]);
    return { path: `${path}/customers/erase`, key, body: { customer: 'c-1' }, action: 'customer.erase' };
  },
  'POST /v1/agreements': async () => {
    const { a, b } = await market.deal();
    const body = { code: 'one-more', partyA: a.code, partyB: b.code, timezone: 'Etc/UTC', currency: 'USD' };
    return { path: '/v1/agreements', key: a.key, body, action: 'agreement.create' };
  },
  'POST /v1/agreements/{agreement}/suspend': async () => life(await market.deal(), 'suspend'),
  'POST /v1/agreements/{agreement}/resume': async () => {
    const deal = await market.deal();
    const { path, ...request } = await life(deal, 'suspend');
    expectStatus(await market.request('POST', path, request), 200);
    return life(deal, 'resume');
  },
  'POST /v1/agreements/{agreement}/terminate': async () =>
    life(await market.deal(), 'terminate', { lastPeriod: '2099-12' }),
  'POST /v1/agreements/{agreement}/versions': async () =>
    ofAgreement(await market.deal(), 'versions', {
      body: { effectiveFrom: '2025-04', terms: FREE },
      action: 'version.propose',
    }) as Change,
  'POST /v1/agreements/{agreement}/versions/{version}/accept': async () => {
    const deal = await market.deal();
    const { path, ...proposal } = ofAgreement(deal, 'versions', {
      body: { effectiveFrom: '2025-04', terms: FREE },
    });
    const { version, sha256 } = expectStatus(await market.request('POST', path, proposal), 201).body;
    const body = { sha256 };
    return { path: `${path}/${version}/accept`, key: deal.b.key, body, action: 'version.accept' };
  },
  'POST /v1/agreements/{agreement}/batches': async () =>
    ofAgreement(await market.deal(), 'batches', {
      body: { records: [hourly('r1', '05T00', '1000', { customer: 'c-1' })] },
      action: 'batch.submit',
    }) as Change,
  'POST /v1/agreements/{agreement}/periods/{period}/close': async () =>
    ofAgreement(await market.deal(), `periods/${PERIOD}/close`, {
      key: market.operatorKey,
      action: 'period.request_close',
      isNewEachTime: true,
    }) as Change,
  'POST /v1/agreements/{agreement}/simulations': async () =>
    ofAgreement(await market.deal(), 'simulations', {
      body: { terms: FREE, periods: [PERIOD] },
      action: null,
    }) as Change,
  'POST /v1/statements/{statement}/accept': async () => {
    const { deal, statement } = await issued(market);
    const path = `/v1/statements/${statement.id}`;
    const { key } = deal.a;
    return { path: `${path}/accept`, key, headers: await etagOf(path, key), action: 'statement.accept' };
  },
  'POST /v1/statements/{statement}/void': async () => {
    const { statement } = await issued(market);
    const path = `/v1/statements/${statement.id}`;
    const key = market.operatorKey;
    const headers = await etagOf(path, key);
    return { path: `${path}/void`, key, headers, body: { reason: 'wrong rate' }, action: 'statement.void' };
  },
  'POST /v1/statements/{statement}/verify': async () => {
    const { deal, statement } = await issued(market);
    return {
      path: `/v1/statements/${statement.id}/verify`,
      key: deal.a.key,
      action: 'statement.request_verification',
      isNewEachTime: true,
    };
  },
  'POST /v1/disputes': async () => {
    const { deal, statement, lineId } = await issued(market);
    const body = { statement: statement.id, line: lineId, reason: 'volume', claimedAmount: '60.00' };
    return { path: '/v1/disputes', key: deal.a.key, body, action: 'dispute.raise' };
  },
  'POST /v1/disputes/{dispute}/propose': async () => ({
    ...(await stepOf('propose', 'b')),
    body: { resolution: { kind: 'no_change' } },
  }),
  'POST /v1/disputes/{dispute}/consent': () =>
    stepOf('consent', 'a', (id, { deal }) => step(market, id, 'propose', deal.b)),
  'POST /v1/disputes/{dispute}/withdraw': () => stepOf('withdraw', 'a'),
  'POST /v1/disputes/{dispute}/escalate': () => stepOf('escalate', 'b'),
  'POST /v1/payments': async () => {
    const deal = await market.deal({ terms: CHARGED });
    const body = { agreement: deal.code, payer: deal.a.code, amount: '1.00', currency: 'USD' };
    return {
      path: '/v1/payments',
      key: deal.a.key,
      body: { ...body, paidAt: '2025-07-01T00:00:00Z', reference: 'wire 1' },
      action: 'payment.record',
    };
  },
  'POST /v1/sessions': async () => {
    const { key } = (await market.deal()).a;
    return { path: '/v1/sessions', key, action: 'session.create' };
  },
  'DELETE /v1/sessions/current': async () => {
    const { key } = (await market.deal()).a;
    const opened = expectStatus(await market.request('POST', '/v1/sessions', { key }), 201);
    const headers = {
      Cookie: opened.headers.get('set-cookie')!.split(';')[0]!,
      'Sec-Fetch-Site': 'same-origin',
      'X-CSRF-Token': opened.body.csrfToken as string,
    };
    return { path: '/v1/sessions/current', headers, action: 'session.end' };
  },
  'POST /v1/payments/{payment}/confirm': () => payment('confirm'),
  'POST /v1/payments/{payment}/reverse': () => payment('reverse', true),
};

const { paths } = parse(readFileSync('openapi.yaml', 'utf8')) as {
  paths: Record<string, Record<string, object>>;
};
const MUTATING = Object.entries(paths).flatMap(([path, item]) =>
  ['post', 'put', 'patch', 'delete']
    .filter((method) => item[method])
    .map((method) => `${method.toUpperCase()} ${path}`),
);

/** The events of a request, found by its id; the database's owner sees them all. */
async function eventsOf(requestId: string): Promise<any[]> {
  const rows = await market.database.query<{ canonical: string }>(
    `SELECT canonical FROM audit_events WHERE canonical::jsonb -> 'request' ->> 'id' = $1`,
    [requestId],
  );
  return rows.map(({ canonical }) => JSON.parse(canonical));
}

let sent = 0;

describe('every route that may change something', () => {
  it('has a request here that does', () => {
    expect(Object.keys(CHANGES).sort()).toEqual([...MUTATING].sort());
  });

  it.each(Object.entries(CHANGES))(
    '%s leaves one event, and none when it is sent again',
    async (route, make) => {
      const { path, action, isNewEachTime = false, ...request } = await make();
      const [method] = route.split(' ') as [string];
      const headers = { 'Idempotency-Key': `walk-${route}`, ...request.headers };
      const first = `walk-${++sent}`;
      const answer = await market.request(method, path, {
        ...request,
        headers: { ...headers, 'X-Request-Id': first },
      });
      if (answer.status >= 300) throw new Error(`${answer.status}: ${answer.text}`);
      const events = await eventsOf(first);
      expect(events.map((event) => event.action)).toEqual(action === null ? [] : [action]);
      if (action !== null) {
        const pattern = route.split(' ')[1]!.replace(/\{(\w+)\}/g, ':$1');
        expect(events[0].request).toMatchObject({ method, route: pattern });
      }
      if (isNewEachTime) return;
      const again = `walk-${++sent}`;
      await market.request(method, path, { ...request, headers: { ...headers, 'X-Request-Id': again } });
      expect(await eventsOf(again)).toEqual([]);
    },
  );
});
