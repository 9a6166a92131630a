import { Contract, type Route } from '../support/contract.js';
import { SCOPES, type Scope } from '../../src/access/index.js';
import type { TestAnswer } from '../support/api.js';
import { hourly, PERIOD, startMarket, type Deal, type Market, type Party } from '../support/market.js';
import { ACCESS, PUBLIC, type AccessRow, type Names } from './access-rows.js';

/** Nobody can guess these; each belongs to one party, and to nobody else. */
const MARKS = { own: 'mark-of-own-7f3a9c', counterparty: 'mark-of-other-51e8d2' };
const CHARGED = '0.1987654321';

const ALL_SCOPES = SCOPES.filter((scope) => scope !== 'operator');

const contract = new Contract();
const routes = new Map(contract.routes.map((route) => [route.operation.operationId, route]));
const guarded = Object.entries(ACCESS).filter(
  (entry): entry is [string, AccessRow] => entry[1] !== PUBLIC && routes.has(entry[0]),
);

let market: Market;
let deal: Deal;
let stranger: Party;
let real: Names;
/** Names of the same lengths for what does not exist. */
let absent: Names;
let revoked: string;
let expired: string;
let made = 0;
const narrowKeys = new Map<string, string>();

beforeAll(async () => {
  market = await startMarket({ worker: true, environment: { CUSTOMER_KEY_SECRET: 'ab'.repeat(32) } });
  stranger = (await market.deal()).a;
  deal = await market.deal({
    terms: {
      directions: {
        aToB: {
          zeroRating: { kind: 'allowance', quantity: '1', unit: 'GB' },
          pricing: { model: 'linear', unit: 'GB', unitPrice: '1' },
        },
        bToA: { zeroRating: { kind: 'all' } },
      },
    },
    prices: {
      a: [{ side: 'egress', unit: 'GB', unitPrice: '0.22' }],
      b: [{ side: 'egress', unit: 'GB', unitPrice: '0.11' }],
    },
  });
  real = await settledMonth();
  absent = Object.fromEntries(Object.entries(real).map(([name, value]) => [name, unlike(value)])) as Names;
  absent = { ...absent, period: real.period, party: real.party, sha256: real.sha256 };
  const [dead, old] = [await keyWith(ALL_SCOPES), await keyWith(ALL_SCOPES)];
  await market.request('DELETE', `/v1/providers/${deal.a.code}/api-keys/${dead.id}`, {
    key: market.operatorKey,
  });
  await market.database.query(`UPDATE api_keys SET expires_at = now() WHERE id = $1`, [old.id]);
  [revoked, expired] = [dead.key, old.key];
});

afterAll(() => market.close());

/** A month that both reported, issued, disputed and paid in part. */
async function settledMonth(): Promise<Names> {
  const { a, b } = deal;
  const of = (customer: string) => ({ customer, chargedUnitPrice: CHARGED });
  const batch = await market.take(deal, a, [
    hourly('r1', '05T00', '3000000000', of(MARKS.own)),
    hourly('r2', '05T01', '2000000000', { ...of(MARKS.own), direction: 'ingress' }),
  ]);
  await market.take(deal, b, [
    hourly('r1', '05T00', '2999999999', { ...of(MARKS.counterparty), direction: 'ingress' }),
    hourly('r2', '05T01', '2000000000', of(MARKS.counterparty)),
  ]);
  const statement = await market.closePeriod(deal);
  const as = (party: Party) => (method: string, path: string, body?: unknown) =>
    market.request(method, path, { key: party.key, ...(body !== undefined && { body }) });
  const dispute = await as(a)('POST', '/v1/disputes', {
    ...{ statement: statement.id, line: statement.lines[0].id, reason: 'rate', claimedAmount: '0.00' },
  });
  const payment = await as(a)('POST', '/v1/payments', {
    ...{ agreement: deal.code, payer: a.code, amount: '0.01', currency: 'USD' },
    ...{ paidAt: '2025-06-01T00:00:00Z', reference: 'wire of the table' },
  });
  const job = await as(a)('POST', `/v1/statements/${statement.id}/verify`);
  await market.job(job.body.id);
  const entries = await as(a)('GET', '/v1/ledger/entries');
  const version = await as(a)('GET', `/v1/agreements/${deal.code}/versions/1`);
  return {
    agreement: deal.code,
    batch: batch.body.id,
    code: 'statement_not_found',
    dispute: dispute.body.id,
    entry: entries.body.data[0].id,
    job: job.body.id,
    key: (await keyWith(['traffic:read'])).id,
    // Of the key that the row of registerSigningKey registers.
    kid: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
    line: statement.lines[0].id,
    number: '1',
    party: b.code,
    payment: payment.body.id,
    period: PERIOD,
    provider: a.code,
    sha256: version.body.sha256,
    statement: statement.id,
    version: '1',
  };
}

/** A key of the own party. */
async function keyWith(scopes: readonly Scope[]): Promise<{ id: string; key: string }> {
  const { body } = await market.request('POST', `/v1/providers/${deal.a.code}/api-keys`, {
    key: market.operatorKey,
    // Of one name no more than two are active.
    body: { name: `for the table ${++made}`, scopes },
  });
  return body;
}

/** A text of the same length and kind that names nothing. */
function unlike(name: string): string {
  return name.replace(/.$/, (last) => (last === '9' ? '8' : '9'));
}

/** A key of the own party with every scope but those that a route needs. */
async function keyWithout(needed: readonly string[]): Promise<string> {
  const name = [...needed].sort().join();
  const known = narrowKeys.get(name);
  if (known) return known;
  const { key } = await keyWith(ALL_SCOPES.filter((scope) => !needed.includes(scope)));
  narrowKeys.set(name, key);
  return key;
}

function ask(operationId: string, names: Names, key?: string): Promise<TestAnswer> {
  const { method, path } = routes.get(operationId)!;
  const { sends } = ACCESS[operationId] as AccessRow;
  const { query, ...rest } = sends?.(names) ?? {};
  const filled = pathOf(path, names) + (query ? `?${query}` : '');
  return market.request(method, filled, { ...rest, ...(key !== undefined && { key }) });
}

function pathOf(template: string, names: Names): string {
  const ofId = /batches/.test(template) ? names.batch : /jobs/.test(template) ? names.job : names.key;
  return template.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'id' ? ofId : names[name as keyof Names],
  );
}

/** All of an answer but what says when it was given and to which request. */
function asGiven({ status, headers, text }: TestAnswer): object {
  const kept = [...headers].filter(([name]) => !/^(date|x-request-id|ratelimit.*)$/.test(name));
  const body = text.replace(/"(instance|request_id)":"[^"]*"/g, '"$1":""');
  return { status, headers: Object.fromEntries(kept), body };
}

describe('the table', () => {
  it('has a row for every route, and none for others', () => {
    const missing = [...routes.keys()].filter((id) => !ACCESS[id]);
    const gone = Object.keys(ACCESS).filter((id) => !routes.has(id));
    // A new route gets a row in ACCESS, in test/api/access-rows.ts, that says who may call it.
    expect({ missing, gone }).toEqual({ missing: [], gone: [] });
  });

  it('has nothing left out of what its paths name', () => {
    expect(Object.entries(real).filter(([, value]) => value === undefined)).toEqual([]);
  });
});

describe('a public route', () => {
  const open = [...routes.values()].filter(({ operation }) => ACCESS[operation.operationId] === PUBLIC);
  it.each(open.map((route): [string, Route] => [route.name, route]))('%s asks nobody', async (_, route) => {
    const path = pathOf(route.path, real);
    expect((await market.request('GET', path)).status).toBe(200);
    expect((await market.request('GET', path, { key: revoked })).status).toBe(200);
  });
});

describe('a guarded route', () => {
  it.each(guarded)('%s answers each as it should', async (operationId, row) => {
    const { operation } = routes.get(operationId)!;
    const scopes = operation['x-scopes']!;
    const refused = {
      'no key': await ask(operationId, real),
      revoked: await ask(operationId, real, revoked),
      expired: await ask(operationId, real, expired),
    };
    for (const [who, { status, body }] of Object.entries(refused)) {
      expect({ who, status, code: body.code }).toEqual({ who, status: 401, code: 'unauthenticated' });
    }
    if (scopes.length > 0 && !scopes.includes('operator')) {
      const narrow = await ask(operationId, real, await keyWithout(scopes));
      expect([narrow.status, narrow.body?.code]).toEqual([403, 'insufficient_scope']);
    }
    const theirs = await ask(operationId, real, stranger.key);
    const nothing = await ask(operationId, absent, stranger.key);
    const counterparty = await ask(operationId, real, deal.b.key);
    const own = await ask(operationId, real, deal.a.key);
    const operator = await ask(operationId, real, market.operatorKey);
    expect({
      own: own.status,
      counterparty: counterparty.status,
      operator: operator.status,
      stranger: theirs.status,
    }).toEqual({
      own: row.own,
      counterparty: row.counterparty,
      operator: row.operator,
      stranger: row.stranger,
    });
    if (!isAboutEverybody(operationId)) expect(asGiven(theirs)).toEqual(asGiven(nothing));
    const leaks = [
      ...marksIn(theirs, [MARKS.own, MARKS.counterparty, CHARGED, real.key]),
      ...marksIn(counterparty, [MARKS.own]),
      ...marksIn(own, [MARKS.counterparty]),
      ...marksIn(operator, [MARKS.own, MARKS.counterparty, CHARGED]),
    ];
    expect(leaks).toEqual([]);
  });
});

/** What names nothing of anybody, or what every provider may see of every other: that it is there, and its keys. */
function isAboutEverybody(operationId: string): boolean {
  return ['createSession', 'getProvider', 'listSigningKeys'].includes(operationId);
}

/** Which of the marks an answer shows, but for the path that it repeats. */
function marksIn({ bytes }: TestAnswer, marks: readonly string[]): string[] {
  const text = bytes.toString('latin1').replace(/"instance":"[^"]*"/, '');
  return marks.filter((mark) => text.includes(mark));
}
