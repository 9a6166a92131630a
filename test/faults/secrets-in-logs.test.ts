import { newApiKey } from '../../src/access/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { TestIssuer } from '../support/issuer.js';
import { Processes, type Service } from '../support/processes.js';

/** Words that stand in what parties send, and have to stand in no log. */
const MARKED = {
  customer: 'marked-customer-4711',
  body: 'marked-body-text',
  query: 'marked-query-value',
  name: 'marked-provider-name',
  agent: 'marked-user-agent',
};

const processes = new Processes();
let database: TestDatabase;
let issuer: TestIssuer;
let service: Service;
const operatorKey = newApiKey();

beforeAll(async () => {
  [database, issuer] = await Promise.all([createTestDatabase(), TestIssuer.start()]);
  service = await processes
    .main({
      ...issuer.environment,
      DATABASE_URL: database.url,
      OPERATOR_API_KEY: operatorKey,
      LOG_LEVEL: 'trace',
      RATE_LIMIT_PER_ADDRESS: '20',
    })
    .ready();
});

afterAll(async () => {
  await processes.cleanUp();
  await issuer?.stop();
  await database?.drop();
});

interface Answered {
  status: number;
  headers: Headers;
  body: any;
}

let sent = 0;

async function send(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Answered> {
  const response = await fetch(service.url() + path, {
    method,
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': MARKED.agent,
      'Idempotency-Key': `logs-${sent++}`,
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

const bearer = (secret: string): Record<string, string> => ({ Authorization: `Bearer ${secret}` });

it('the log of every level has no key, token, cookie, body, query or customer', async () => {
  const secrets: string[] = [operatorKey, ...Object.values(MARKED)];
  const asOperator = bearer(operatorKey);
  for (const code of ['alpha', 'beta']) {
    const provider = { code, name: MARKED.name, asns: [64500], billingCurrency: 'USD' };
    expect((await send('POST', '/v1/providers', asOperator, provider)).status).toBe(201);
  }
  const scopes = [
    'agreements:read',
    'agreements:write',
    'traffic:write',
    'traffic:read',
    'prices:write',
    'keys:write',
  ];
  const [alpha, beta] = await Promise.all(
    ['alpha', 'beta'].map(async (code) => {
      const made = await send('POST', `/v1/providers/${code}/api-keys`, asOperator, { name: 'logs', scopes });
      secrets.push(made.body.key);
      return made.body.key as string;
    }),
  );
  const agreement = { code: 'ab', partyA: 'alpha', partyB: 'beta', timezone: 'Etc/UTC', currency: 'USD' };
  expect((await send('POST', '/v1/agreements', bearer(alpha!), agreement)).status).toBe(201);
  const version = await send('POST', '/v1/agreements/ab/versions', bearer(alpha!), {
    effectiveFrom: '2025-03',
    terms: { directions: { aToB: {}, bToA: {} } },
  });
  const { sha256 } = version.body as { sha256: string };
  expect((await send('POST', '/v1/agreements/ab/versions/1/accept', bearer(beta!), { sha256 })).status).toBe(
    200,
  );
  const hour = {
    start: '2025-03-05T00:00:00Z',
    end: '2025-03-05T01:00:00Z',
    bytes: '1',
    direction: 'egress',
  };
  const records = [{ id: 'r1', ...hour, customer: MARKED.customer }];
  expect((await send('POST', '/v1/agreements/ab/batches', bearer(alpha!), { records })).status).toBe(201);
  const refused = [{ id: 'r2', ...hour, customer: MARKED.customer, bytes: MARKED.body }];
  expect((await send('POST', '/v1/agreements/ab/batches', bearer(alpha!), { records: refused })).status).toBe(
    422,
  );
  const found = await send(
    'GET',
    `/v1/agreements/ab/traffic-records?customer=${MARKED.customer}`,
    bearer(alpha!),
  );
  expect(found.body.data).toHaveLength(1);

  const session = await send('POST', '/v1/sessions', bearer(alpha!));
  const cookie = session.headers.get('set-cookie')!.split(';')[0]!;
  secrets.push(cookie.split('=')[1]!, session.body.csrfToken);
  expect((await send('GET', '/v1/sessions/current', { Cookie: cookie })).status).toBe(200);
  const withCookie = { Cookie: cookie, 'X-CSRF-Token': session.body.csrfToken as string };
  expect((await send('POST', '/v1/agreements', withCookie, { code: MARKED.body })).status).toBe(403);

  const signing = await issuer.key('ES256');
  const token = await issuer.token(signing, { provider: 'alpha', scope: 'traffic:read' });
  const expired = await issuer.token(signing, { provider: 'alpha', scope: 'traffic:read', exp: 1 });
  secrets.push(...token.split('.').slice(1), ...expired.split('.').slice(1));
  expect((await send('GET', '/v1/providers', bearer(token))).status).toBe(200);
  expect((await send('GET', '/v1/providers', bearer(expired))).status).toBe(401);
  issuer.answer = (response) => response.writeHead(500).end();
  const unknown = await issuer.key('ES256', { isPublished: false });
  expect([401, 503]).toContain(
    (await send('GET', '/v1/providers', bearer(await issuer.token(unknown)))).status,
  );

  await send('POST', '/v1/providers', asOperator, `{"name": "${MARKED.body}`);
  await send('POST', '/v1/providers', asOperator, { code: MARKED.body.toUpperCase() + MARKED.body, name: 7 });
  await send('GET', `/v1/nowhere?x=${MARKED.query}`, asOperator);
  await send('GET', `/v1/providers?x=${MARKED.query}`, asOperator);
  const never = newApiKey();
  secrets.push(never);
  for (let n = 0; n < 25; n++) await send('GET', '/v1/providers', bearer(never));

  // PostgreSQL quotes the row that it refuses.
  await database.query(`ALTER TABLE providers ADD CONSTRAINT none_other CHECK (code IN ('alpha', 'beta'))`);
  const provider = { code: 'gamma', name: MARKED.name, asns: [64500], billingCurrency: 'USD' };
  expect((await send('POST', '/v1/providers', asOperator, provider)).status).toBe(500);
  // And the value that it cannot read.
  await database
    .query(`ALTER TABLE list_prices ALTER COLUMN region TYPE integer USING 0`)
    .catch(() => undefined);
  await send('POST', '/v1/providers/alpha/list-prices', bearer(alpha!), {
    prices: [
      { side: 'egress', unit: 'GB', unitPrice: '1', from: '2025-01-01T00:00:00Z', region: MARKED.body },
    ],
  });

  await service.end('SIGTERM');
  const output = service.stdout() + service.stderr();
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  expect(lines.length).toBeGreaterThan(40);
  expect(output).toContain('"status":429');
  expect(output).toContain('none_other');
  for (const secret of secrets) {
    const shown = lines.filter((line) => line.includes(secret));
    expect({ secret, shown }).toEqual({ secret, shown: [] });
    expect(output).not.toContain(secret);
  }
});
