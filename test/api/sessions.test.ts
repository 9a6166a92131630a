import { expectProblem, startApi, type TestAnswer, type TestApi, type TestRequest } from '../support/api.js';
import { TestIssuer } from '../support/issuer.js';
import { SessionsService } from '../../src/access/index.js';

let api: TestApi;
let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await TestIssuer.start();
  api = await startApi(undefined, { environment: { ...issuer.environment, SESSION_IDLE_S: '600' } });
});
afterAll(async () => {
  await api?.close();
  await issuer?.stop();
});

interface Opened {
  answer: TestAnswer;
  cookie: string;
  csrfToken: string;
}

async function open(key: string, headers: Record<string, string> = {}): Promise<Opened> {
  const answer = await api.request('POST', '/v1/sessions', { key, headers });
  expect(answer.status).toBe(201);
  const cookie = answer.headers.get('set-cookie')!.split(';')[0]!;
  return { answer, cookie, csrfToken: answer.body.csrfToken };
}

const by = (cookie: string, headers: Record<string, string> = {}): TestRequest => ({
  headers: { Cookie: cookie, ...headers },
});
const OWN_PAGE = { 'Sec-Fetch-Site': 'same-origin' };

describe('a session', () => {
  it('is a cookie that no script reads, no other site sends and no other host gets', async () => {
    const { key } = await api.provider('cookie');
    const { answer } = await open(key);
    const header = answer.headers.get('set-cookie')!;
    expect(header).toMatch(
      /^__Host-peerledger=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
    expect(Number(/Max-Age=(\d+)/.exec(header)![1])).toBeLessThanOrEqual(43_200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const secret = /=([\w-]{43});/.exec(header)![1]!;
    expect(answer.text).not.toContain(secret);
  });

  it('is stored as a hash only', async () => {
    const { key } = await api.provider('session-hash');
    const { cookie, csrfToken } = await open(key);
    const [{ stored }] = (await api.database.query(
      `SELECT string_agg(sessions::text, ' ') AS stored FROM sessions`,
    )) as [{ stored: string }];
    expect(stored).not.toContain(cookie.split('=')[1]);
    expect(stored).not.toContain(csrfToken);
  });

  it('stands for its key, with the same scopes', async () => {
    const { key, code } = await api.provider('stands-for', ['prices:write']);
    const { cookie, answer } = await open(key);
    expect(answer.body).toMatchObject({ provider: code, scopes: ['prices:write'], idleTimeoutSeconds: 600 });
    expect((await api.request('GET', `/v1/providers/${code}/list-prices`, by(cookie))).status).toBe(200);
    expectProblem(
      await api.request('GET', `/v1/providers/${code}/api-keys`, by(cookie)),
      403,
      'insufficient_scope',
    );
    const current = await api.request('GET', '/v1/sessions/current', by(cookie));
    expect(current.body).toEqual(answer.body);
  });

  it('of the operator is the operator’s', async () => {
    const { cookie, answer } = await open(api.operatorKey);
    expect(answer.body).toMatchObject({ provider: null, scopes: ['operator'] });
    expect((await api.request('GET', '/v1/providers', by(cookie))).status).toBe(200);
  });

  it('is made of a key or token, never of a session or of nothing', async () => {
    const { key } = await api.provider('makes-none');
    const { cookie, csrfToken } = await open(key);
    const headers = { Cookie: cookie, ...OWN_PAGE, 'X-CSRF-Token': csrfToken };
    expectProblem(await api.request('POST', '/v1/sessions', { headers }), 403, 'session_not_extendable');
    expectProblem(await api.request('POST', '/v1/sessions'), 401, 'unauthenticated');
    expectProblem(await api.request('GET', '/v1/sessions/current', { key }), 404, 'session_not_found');
    expectProblem(await api.request('DELETE', '/v1/sessions/current', { key }), 404, 'session_not_found');
  });

  it('is not handed out twice for the same request', async () => {
    const { key } = await api.provider('replayed');
    const headers = { 'Idempotency-Key': 'one session' };
    const { answer } = await open(key, headers);
    const replay = await api.request('POST', '/v1/sessions', { key, headers });
    expect(replay.headers.get('idempotent-replayed')).toBe('true');
    expect(replay.headers.get('set-cookie')).toBeNull();
    expect(replay.body.id).toBe(answer.body.id);
    expect(replay.body).not.toHaveProperty('csrfToken');
  });
});

describe('a session ends', () => {
  it('when it is ended, for every copy of the cookie', async () => {
    const { key } = await api.provider('ends');
    const { cookie, csrfToken } = await open(key);
    const ended = await api.request(
      'DELETE',
      '/v1/sessions/current',
      by(cookie, { ...OWN_PAGE, 'X-CSRF-Token': csrfToken }),
    );
    expect(ended.status).toBe(204);
    expect(ended.headers.get('set-cookie')).toMatch(/^__Host-peerledger=; Max-Age=0; Path=\/;/);
    expectProblem(await api.request('GET', '/v1/sessions/current', by(cookie)), 401, 'unauthenticated');
    expect((await api.request('GET', '/v1/providers', { key })).status).toBe(200);
  });

  it.each([
    [
      'its key is revoked',
      `UPDATE api_keys SET revoked_at = now() WHERE id = (SELECT key_id FROM sessions WHERE id = $1)`,
    ],
    [
      'its key expires',
      `UPDATE api_keys SET expires_at = now() WHERE id = (SELECT key_id FROM sessions WHERE id = $1)`,
    ],
    [
      'its life is over',
      `UPDATE sessions SET created_at = now() - interval '1 day', expires_at = now() WHERE id = $1`,
    ],
    [
      'it was idle for too long',
      `UPDATE sessions SET last_used_at = now() - interval '601 seconds' WHERE id = $1`,
    ],
  ])('when %s', async (_, sql) => {
    const { key } = await api.provider(`over-${Math.random().toString(36).slice(2)}`);
    const { cookie, answer } = await open(key);
    expect((await api.request('GET', '/v1/providers', by(cookie))).status).toBe(200);
    await api.database.query(sql, [answer.body.id]);
    expectProblem(await api.request('GET', '/v1/providers', by(cookie)), 401, 'unauthenticated');
  });

  it('no later than its key expires', async () => {
    await api.provider('short-key');
    const expiresAt = new Date(Math.ceil(Date.now() / 1000) * 1000 + 60_000)
      .toISOString()
      .replace('.000', '');
    const made = await api.request('POST', '/v1/providers/short-key/api-keys', {
      key: api.operatorKey,
      body: { name: 'short', scopes: ['traffic:read'], expiresAt },
    });
    expect((await open(made.body.key)).answer.body.expiresAt).toBe(expiresAt);
  });

  it('no later than its token expires', async () => {
    await api.provider('short-token');
    const key = await issuer.key('ES256');
    const exp = Math.floor(Date.now() / 1000) + 90;
    const token = await issuer.token(key, { provider: 'short-token', scope: 'traffic:read', exp });
    const { answer, cookie } = await open(token);
    expect(Date.parse(answer.body.expiresAt)).toBe(exp * 1000);
    expect((await api.request('GET', '/v1/providers', by(cookie))).status).toBe(200);
  });

  it('when its key makes very many more', async () => {
    const { key } = await api.provider('many');
    const first = await open(key);
    for (let n = 0; n < 100; n++) await open(key);
    expectProblem(await api.request('GET', '/v1/sessions/current', by(first.cookie)), 401, 'unauthenticated');
    const rows = await api.database.query(
      `SELECT 1 FROM sessions JOIN providers ON providers.id = provider_id WHERE code = 'many'`,
    );
    expect(rows).toHaveLength(100);
  });

  it('and is then deleted', async () => {
    const { key } = await api.provider('deleted');
    const [over, idle, alive] = [await open(key), await open(key), await open(key)];
    const ids = [over, idle, alive].map(({ answer }) => answer.body.id as string);
    await api.database.query(
      `UPDATE sessions SET created_at = now() - interval '1 day', expires_at = now() WHERE id = $1`,
      [ids[0]],
    );
    await api.database.query(`UPDATE sessions SET last_used_at = now() - interval '1 day' WHERE id = $1`, [
      ids[1],
    ]);
    await api.acting(SessionsService).deleteEnded();
    const left = await api.database.query(`SELECT id FROM sessions WHERE id = ANY ($1)`, [ids]);
    expect(left).toEqual([{ id: ids[2] }]);
  });

  it('but not while it is used', async () => {
    const { key } = await api.provider('in-use');
    const { cookie, answer } = await open(key);
    await api.database.query(
      `UPDATE sessions SET last_used_at = now() - interval '500 seconds' WHERE id = $1`,
      [answer.body.id],
    );
    const idle_s = async (): Promise<number> =>
      (
        await api.database.query<{ idle: number }>(
          `SELECT extract(epoch FROM now() - last_used_at)::int AS idle FROM sessions WHERE id = $1`,
          [answer.body.id],
        )
      )[0]!.idle;
    expect(await idle_s()).toBeGreaterThanOrEqual(500);
    for (let tries = 0; tries < 50 && (await idle_s()) > 60; tries++) {
      expect((await api.request('GET', '/v1/sessions/current', by(cookie))).status).toBe(200);
    }
    expect(await idle_s()).toBeLessThan(60);
  });
});

describe('what a session changes', () => {
  const change = (headers: Record<string, string>): Promise<TestAnswer> =>
    api.request('POST', '/v1/providers/changes/list-prices', {
      headers,
      body: { prices: [{ side: 'egress', unit: 'GB', unitPrice: '1', from: '2025-01-01T00:00:00Z' }] },
    });
  let session: Opened;
  beforeAll(async () => {
    const { key } = await api.provider('changes');
    session = await open(key);
  });

  it('comes from the service’s own page with the session’s own token', async () => {
    const headers = { Cookie: session.cookie, ...OWN_PAGE, 'X-CSRF-Token': session.csrfToken };
    expect((await change(headers)).status).toBe(201);
    const old = { Cookie: session.cookie, Origin: api.url, 'X-CSRF-Token': session.csrfToken };
    expect((await change(old)).status).toBe(201);
  });

  it.each([
    ['from another site', { 'Sec-Fetch-Site': 'cross-site' }, true],
    ['from a neighbour of the site', { 'Sec-Fetch-Site': 'same-site' }, true],
    ['from another origin, of an old browser', { Origin: 'https://evil.example' }, true],
    ['from a page that hides its origin', { Origin: 'null' }, true],
    ['from who knows where', {}, true],
    ['without the token', OWN_PAGE, false],
  ])('is refused %s', async (_, origin, withToken) => {
    const token = withToken ? { 'X-CSRF-Token': session.csrfToken } : {};
    expectProblem(await change({ Cookie: session.cookie, ...origin, ...token }), 403, 'cross_site_request');
  });

  it('is refused with another session’s token', async () => {
    const { key } = await api.provider('other-session');
    const { csrfToken } = await open(key);
    const headers = { Cookie: session.cookie, ...OWN_PAGE, 'X-CSRF-Token': csrfToken };
    expectProblem(await change(headers), 403, 'cross_site_request');
  });

  it('is refused before the body is read', async () => {
    const answer = await api.request('POST', '/v1/providers/changes/list-prices', {
      headers: { Cookie: session.cookie },
      body: '{"not json',
    });
    expectProblem(answer, 403, 'cross_site_request');
  });
});

describe('a request with a cookie and a header', () => {
  it('is the header’s, whatever the cookie is', async () => {
    const { key } = await api.provider('header-wins');
    const { cookie } = await open(api.operatorKey);
    const both = (authorization: string) =>
      api.request('GET', '/v1/providers/header-wins/api-keys', {
        headers: { Cookie: cookie, Authorization: authorization },
      });
    expect((await both(`Bearer ${key}`)).status).toBe(200);
    const theirs = await api.request('GET', '/v1/providers/in-use/api-keys', {
      headers: { Cookie: cookie, Authorization: `Bearer ${key}` },
    });
    expectProblem(theirs, 404, 'provider_not_found');
    expectProblem(await both('Bearer plk_live_wrong'), 401, 'unauthenticated');
    expectProblem(await both('Basic eDp5'), 401, 'unauthenticated');
  });

  it('needs no proof of its page: no other site can make a browser send the header', async () => {
    const { key } = await api.provider('no-proof');
    const { cookie } = await open(key);
    const answer = await api.request('POST', '/v1/providers/no-proof/list-prices', {
      key,
      headers: { Cookie: cookie, 'Sec-Fetch-Site': 'cross-site' },
      body: { prices: [{ side: 'egress', unit: 'GB', unitPrice: '1', from: '2025-01-01T00:00:00Z' }] },
    });
    expect(answer.status).toBe(201);
  });
});

describe('without TLS in development', () => {
  it('the cookie has a name and flags that a browser takes', async () => {
    const plain = await startApi(undefined, { environment: { SESSION_COOKIE_SECURE: 'no' } });
    const made = await plain.request('POST', '/v1/sessions', { key: plain.operatorKey });
    const header = made.headers.get('set-cookie')!;
    expect(header).toMatch(/^peerledger=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/);
    const [cookie] = header.split(';');
    expect((await plain.request('GET', '/v1/providers', by(cookie!))).status).toBe(200);
    await plain.close();
  });
});
