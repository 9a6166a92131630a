import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { expectProblem, type TestAnswer } from '../support/api.js';
import { PERIOD, startMarket, type Deal, type Market } from '../support/market.js';

interface Operation {
  requestBody?: { content: Record<string, { schema: { $ref?: string } }> };
}

interface Schema {
  properties?: Record<string, object>;
}

const document = parse(readFileSync('openapi.yaml', 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};

const MUTATING = ['post', 'put', 'patch', 'delete'] as const;

/** Every route that changes something, with the names of the fields that its body knows. */
const ROUTES = Object.entries(document.paths).flatMap(([path, item]) =>
  MUTATING.filter((method) => item[method]).map((method): [route: string, fields: string[]] => {
    const reference = item[method]!.requestBody?.content['application/json']?.schema.$ref;
    const schema = document.components.schemas[reference?.split('/').at(-1) ?? ''];
    return [`${method.toUpperCase()} ${path}`, Object.keys(schema?.properties ?? {})];
  }),
);

const ID = '0198c7a0-0000-7000-8000-000000000000';
const deeply = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

/** Bodies that no route may take, as they go over the wire. */
const HOSTILE: [name: string, body: string | Uint8Array, headers?: Record<string, string>][] = [
  ['half a text', '{"a": "b'],
  ['two texts', '{} {}'],
  ['a comment', '{/* */}'],
  ['a trailing comma', '{"a": 1,}'],
  ['NaN', '{"a": NaN}'],
  ['a list', '[]'],
  ['a text', '"text"'],
  ['a number', '7'],
  ['null', 'null'],
  ['true', 'true'],
  ['only white space', '   '],
  ['a byte order mark', '\ufeff{}'],
  ['the same key twice', '{"name": "a", "name": "a"}'],
  ['the same key twice, once escaped', '{"name": "a", "n\\u0061me": "b"}'],
  ['__proto__', '{"__proto__": {"isAdmin": true}}'],
  ['__proto__, escaped', '{"\\u005f_proto__": {"isAdmin": true}}'],
  ['constructor', '{"constructor": {"prototype": {"isAdmin": true}}}'],
  ['prototype deep inside', '{"a": [{"b": {"prototype": 1}}]}'],
  ['an unknown field', '{"no such field": 1}'],
  ['a field of every object', '{"toString": 1, "hasOwnProperty": 1, "valueOf": 1}'],
  ['33 levels', `{"a": ${deeply(33)}}`],
  ['100,000 levels', `{"a": ${deeply(100_000)}}`],
  ['100,000 levels, never closed', '{"a":'.repeat(100_000)],
  ['NUL in a text', '{"name": "a\\u0000b"}'],
  ['NUL in a key', '{"a\\u0000b": 1}'],
  ['NUL as it is', '{"name": "a\0b"}'],
  ['half a surrogate pair', '{"name": "\\ud800"}'],
  ['a pair the wrong way round', '{"name": "\\udc00\\ud800"}'],
  ['bytes that are no UTF-8', Buffer.from('{"name": "\xff\xfe"}', 'latin1')],
  ['half a surrogate pair in UTF-8', Buffer.from('7b2261223a22eda080227d', 'hex')],
  ['an overlong NUL in UTF-8', Buffer.from('7b2261223a22c080227d', 'hex')],
  ['no gzip', '{}', { 'Content-Encoding': 'gzip' }],
  ['gzip in gzip', gzipSync(gzipSync('{}')), { 'Content-Encoding': 'gzip' }],
  ['two encodings', gzipSync('{}'), { 'Content-Encoding': 'gzip, gzip' }],
  ['an unknown encoding', '{}', { 'Content-Encoding': 'compress' }],
  ['64 MiB in some KiB', gzipSync(Buffer.alloc(64 * 2 ** 20, ' ')), { 'Content-Encoding': 'gzip' }],
  ['more than is taken', ' '.repeat(9 * 2 ** 20)],
  ['another type', 'a=b', { 'Content-Type': 'application/x-www-form-urlencoded' }],
  ['no type', '{}', { 'Content-Type': '' }],
  ['another charset', '{}', { 'Content-Type': 'application/json; charset=utf-16' }],
];

/** Values that no field takes as they are, where each field of a route has the same. */
const VALUES: [name: string, json: string][] = [
  ['NUL', '"\\u0000"'],
  ['half a surrogate pair', '"\\udfff"'],
  ['a number beyond what is exact', '9007199254740993'],
  ['a fraction', '0.1'],
  ['minus zero', '-0'],
  ['1e400', '1e400'],
  ['a number of 100,000 digits', '9'.repeat(100_000)],
  ['minus one', '-1'],
  ['the year 10000', '"+010000-01-01T00:00:00Z"'],
  ['the year before the first', '"-000001-01-01T00:00:00Z"'],
  ['a day that is not', '"2025-02-30T00:00:00Z"'],
  ['a second that is not', '"2025-12-31T23:59:61Z"'],
  ['an offset that is not', '"2025-01-01T00:00:00+99:99"'],
  ['a month that is not', '"2025-13"'],
  ['an empty object', '{}'],
  ['an empty list', '[]'],
  ['a list of nothing', '[null]'],
  ['a list in a list', '[[[[]]]]'],
  ['10,000 texts', `[${Array.from({ length: 10_000 }, () => '"x"').join(',')}]`],
  ['true', 'true'],
  ['a very long text', `"${'x'.repeat(100_000)}"`],
  ['a text that changes direction', '"\\u202e\\u2066\\u200f"'],
];

let market: Market;
let deal: Deal;

beforeAll(async () => {
  market = await startMarket();
  deal = await market.deal();
});
afterAll(() => market.close());

function send(
  route: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<TestAnswer> {
  const [method, template] = route.split(' ') as [string, string];
  const values: Record<string, string> = {
    agreement: deal.code,
    provider: deal.a.code,
    period: PERIOD,
    version: '1',
  };
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? ID);
  return market.request(method, path, { key: deal.a.key, body, headers: { 'If-Match': '*', ...headers } });
}

/** Refused by what is wrong with the request, in the form that every refusal has. */
function expectRefused(answer: TestAnswer): void {
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expectProblem(answer, answer.status, answer.body.code);
}

it('there are routes to try, and fields', () => {
  expect(ROUTES.length).toBeGreaterThan(20);
  expect(ROUTES.flatMap(([, fields]) => fields).length).toBeGreaterThan(30);
});

describe.each(ROUTES)('%s', (route, fields) => {
  it('refuses every hostile body', async () => {
    const before = await rows();
    for (const [name, body, headers] of HOSTILE) {
      const answer = await send(route, body, headers);
      expect({ name, status: answer.status }).toEqual({ name, status: expect.any(Number) });
      try {
        expectRefused(answer);
      } catch (error) {
        throw new Error(`${route} with ${name}: ${answer.status} ${answer.text.slice(0, 300)}`, {
          cause: error,
        });
      }
    }
    expect(await rows()).toEqual(before);
  });

  it('refuses every hostile value of its fields', async () => {
    const before = await rows();
    for (const [name, json] of VALUES) {
      const members = fields.map((field) => `${JSON.stringify(field)}: ${json}`);
      const answer = await send(route, `{${members.join(', ') || `"value": ${json}`}}`);
      try {
        expectRefused(answer);
      } catch (error) {
        throw new Error(`${route} with ${name}: ${answer.status} ${answer.text.slice(0, 300)}`, {
          cause: error,
        });
      }
    }
    expect(await rows()).toEqual(before);
  });
});

describe('an absurd date in a body that is right otherwise', () => {
  const dates = [
    '+275760-09-13T00:00:00Z',
    '-271821-04-20T00:00:00Z',
    '10000-01-01T00:00:00Z',
    '0000-00-00T00:00:00Z',
    '2025-02-30T00:00:00Z',
    '2025-01-01T25:00:00Z',
    '2025-01-01T00:00:00',
    '2025-01-01',
    'yesterday',
    '1735689600',
  ];
  const price = (from: string) => ({ prices: [{ side: 'egress', unit: 'GB', unitPrice: '1', from }] });
  const record = (start: string, end: string) => ({
    records: [{ id: 'r', direction: 'egress', start, end, bytes: '1' }],
  });
  const payment = (paidAt: string) => ({
    ...{
      agreement: deal.code,
      payer: deal.a.code,
      amount: '1.00',
      currency: 'USD',
      paidAt,
      reference: 'wire',
    },
  });
  const key = (expiresAt: string) => ({ name: 'dated', scopes: ['traffic:read'], expiresAt });
  const cases: [route: string, field: string, body: (date: string) => object][] = [
    ['POST /v1/providers/{provider}/list-prices', 'from', price],
    ['POST /v1/providers/{provider}/api-keys', 'expiresAt', key],
    ['POST /v1/payments', 'paidAt', payment],
    ['POST /v1/agreements/{agreement}/batches', 'start', (date) => record(date, '2025-03-05T01:00:00Z')],
    ['POST /v1/agreements/{agreement}/batches', 'end', (date) => record('2025-03-05T00:00:00Z', date)],
  ];
  it.each(cases)('is refused by %s in %s', async (route, _, body) => {
    for (const date of dates) {
      const answer = await send(route, JSON.stringify(body(date)));
      expect({ date, status: answer.status }).toEqual({ date, status: 422 });
      expectProblem(answer, 422, answer.body.code);
    }
  });

  it.each(['+010000-01', '2025-00', '2025-13', '99999-01', '2025-1', '-2025-01'])(
    'is refused as the period %s',
    async (period) => {
      const terms = { directions: { aToB: {}, bToA: {} } };
      const versions = JSON.stringify({ effectiveFrom: period, terms });
      expect((await send('POST /v1/agreements/{agreement}/versions', versions)).status).toBe(422);
      const ends = await send(
        'POST /v1/agreements/{agreement}/terminate',
        JSON.stringify({ lastPeriod: period }),
      );
      expect(ends.status).toBe(422);
      const path = `/v1/agreements/${deal.code}/periods/${period}/close`;
      const closed = await market.request('POST', path, { key: deal.a.key });
      expect(closed.status).toBeGreaterThanOrEqual(400);
      expect(closed.status).toBeLessThan(500);
    },
  );

  it('of a far but real future is no error of ours', async () => {
    for (const [route, , body] of cases) {
      const answer = await send(route, JSON.stringify(body('9999-12-31T23:59:59Z')));
      expect({ route, isOurs: answer.status >= 500 }).toEqual({ route, isOurs: false });
      const first = await send(route, JSON.stringify(body('0001-01-01T00:00:00Z')));
      expect({ route, isOurs: first.status >= 500 }).toEqual({ route, isOurs: false });
    }
  });
});

/** How many rows there are of what these routes could have made. */
async function rows(): Promise<unknown> {
  const tables = [
    'providers',
    'api_keys',
    'list_prices',
    'agreements',
    'agreement_versions',
    'batches',
    'traffic_records',
  ];
  const more = ['disputes', 'payments', 'statements', 'jobs', 'provider_signing_keys', 'sessions'];
  const counts = [...tables, ...more].map((table) => `(SELECT count(*) FROM ${table}) AS ${table}`);
  return (await market.database.query(`SELECT ${counts.join(', ')}`))[0];
}
