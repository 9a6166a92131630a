import { Controller, Get, Module } from '@nestjs/common';
import { AccessModule, AccessService, isApiKey, newApiKey, SCOPES } from '../../src/access/index.js';
import { connectDatabase, DatabaseModule } from '../../src/platform/database/index.js';
import { createHttpApp, HttpModule } from '../../src/platform/http/index.js';
import { createLogger } from '../../src/platform/telemetry/index.js';
import { expectProblem, startApi, type TestApi } from '../support/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

/** A provider's key with the given scopes, from the database's side where the API would refuse it. */
async function keyOf(code: string, body: object): Promise<{ id: string; key: string }> {
  const made = await api.request('POST', `/v1/providers/${code}/api-keys`, { key: api.operatorKey, body });
  expect(made.status).toBe(201);
  return made.body;
}

describe('keys', () => {
  it('have a checksum that tells a typing mistake', () => {
    const key = newApiKey();
    expect(key).toMatch(/^plk_live_[0-9A-Za-z]{40}_[0-9A-Za-z]{6}$/);
    expect(isApiKey(key)).toBe(true);
    const mistyped = key.replace(/.(?=_[^_]*$)/, (last) => (last === 'a' ? 'b' : 'a'));
    expect(isApiKey(mistyped)).toBe(false);
    expect(isApiKey('')).toBe(false);
    expect(isApiKey(`${key} `)).toBe(false);
  });

  it('are stored as a hash only', async () => {
    const { key } = await api.provider('hashed');
    const rows = await api.database.query(`SELECT api_keys::text AS row FROM api_keys`);
    expect(rows.length).toBeGreaterThan(1);
    for (const { row } of rows) {
      expect(row).not.toContain(key);
      expect(row).not.toContain(key.slice(9, 40));
    }
  });

  it('are shown once', async () => {
    const { key } = await api.provider('once');
    const listed = await api.request('GET', '/v1/providers/once/api-keys', { key });
    expect(listed.status).toBe(200);
    expect(Object.keys(listed.body.data[0]).sort()).toEqual(
      ['createdAt', 'expiresAt', 'id', 'lastUsedAt', 'name', 'revokedAt', 'scopes'].sort(),
    );
    expect(listed.text).not.toContain('plk_live_');
  });

  it('tell when they were last used, to the minute', async () => {
    const { key, id } = await api.provider('used');
    expect(id).toBeDefined();
    await api.request('GET', '/v1/providers', { key });
    const seen = async () =>
      (await api.request('GET', '/v1/providers/used/api-keys', { key })).body.data[0].lastUsedAt;
    let lastUsedAt: string | null = null;
    for (let tries = 0; tries < 50 && lastUsedAt === null; tries++) lastUsedAt = await seen();
    expect(lastUsedAt).toMatch(/^\d{4}-\d\d-\d\dT/);
    await api.request('GET', '/v1/providers', { key });
    expect(await seen()).toBe(lastUsedAt);
  });
});

describe('keys of one name', () => {
  const make = (code: string, body: object = {}) =>
    api.request('POST', `/v1/providers/${code}/api-keys`, {
      key: api.operatorKey,
      body: { name: 'export', scopes: ['traffic:read'], ...body },
    });
  const works = async (key: string) => (await api.request('GET', '/v1/providers', { key })).status === 200;

  it('are two at most, so that one takes the place of the other, which works until it is revoked', async () => {
    await api.provider('rotating');
    const [first, second] = [await make('rotating'), await make('rotating')];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect([await works(first.body.key), await works(second.body.key)]).toEqual([true, true]);
    const third = await make('rotating');
    expectProblem(third, 409, 'too_many_active_keys');
    expect(third.body.errors[0].pointer).toBe('/name');
    for (const { body } of [first, second]) expect(third.body.detail).toContain(body.id);
    expect((await make('rotating', { name: 'another' })).status).toBe(201);
    await api.request('DELETE', `/v1/providers/rotating/api-keys/${first.body.id}`, { key: api.operatorKey });
    expect([await works(first.body.key), await works(second.body.key)]).toEqual([false, true]);
    expect((await make('rotating')).status).toBe(201);
  });

  it('count no longer when they have expired, and are each provider’s own', async () => {
    await api.provider('expired-keys');
    await api.provider('same-name');
    const { id } = (await make('expired-keys')).body;
    await make('expired-keys');
    await api.database.query(`UPDATE api_keys SET expires_at = now() WHERE id = $1`, [id]);
    expect((await make('expired-keys')).status).toBe(201);
    expect((await make('same-name')).status).toBe(201);
  });

  it('are not three when they are asked for at once', async () => {
    await api.provider('racing');
    const made = await Promise.all(Array.from({ length: 8 }, () => make('racing')));
    expect(made.filter(({ status }) => status === 201)).toHaveLength(2);
    for (const answer of made.filter(({ status }) => status !== 201)) {
      expectProblem(answer, 409, 'too_many_active_keys');
    }
  });

  it('are shown once: the request sent again has everything but the key', async () => {
    await api.provider('replaying');
    const headers = { 'Idempotency-Key': 'the same' };
    const body = { name: 'export', scopes: ['traffic:read'] };
    const ask = () =>
      api.request('POST', '/v1/providers/replaying/api-keys', { key: api.operatorKey, body, headers });
    const [first, again] = [await ask(), await ask()];
    const { key, ...rest } = first.body;
    expect(key).toMatch(/^plk_live_/);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(rest);
    const stored = await api.database.query(
      `SELECT convert_from(body, 'UTF8') AS body FROM idempotency_keys`,
    );
    for (const row of stored) expect(row['body']).not.toContain('plk_live_');
  });
});

describe('authentication', () => {
  const cases: [string, Record<string, string>][] = [
    ['no key', {}],
    ['an empty one', { Authorization: 'Bearer' }],
    ['another scheme', { Authorization: 'Basic b3BlcmF0b3I6c2VjcmV0' }],
    ['a text that is no key', { Authorization: 'Bearer secret' }],
    ['a well-formed key that was never issued', { Authorization: `Bearer ${newApiKey()}` }],
  ];
  it.each(cases)('refuses %s with 401', async (_name, headers) => {
    const answer = await api.request('GET', '/v1/providers', { headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(answer.body.code).toBe('unauthenticated');
  });

  it('takes the scheme in any case', async () => {
    const answer = await api.request('GET', '/v1/providers', {
      headers: { Authorization: `bearer ${api.operatorKey}` },
    });
    expect(answer.status).toBe(200);
  });

  it('refuses a key from the moment it is revoked, and revoking again is no error', async () => {
    await api.provider('revoking');
    const { id, key } = await keyOf('revoking', { name: 'short-lived', scopes: ['traffic:read'] });
    expect((await api.request('GET', '/v1/providers', { key })).status).toBe(200);
    const path = `/v1/providers/revoking/api-keys/${id}`;
    expect((await api.request('DELETE', path, { key: api.operatorKey })).status).toBe(204);
    expect((await api.request('GET', '/v1/providers', { key })).status).toBe(401);
    expect((await api.request('DELETE', path, { key: api.operatorKey })).status).toBe(204);
  });

  it('refuses a key from the moment it expires', async () => {
    await api.provider('expiring');
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const { id, key } = await keyOf('expiring', { name: 'expiring', scopes: ['traffic:read'], expiresAt });
    expect((await api.request('GET', '/v1/providers', { key })).status).toBe(200);
    await api.database.query(`UPDATE api_keys SET expires_at = now() WHERE id = $1`, [id]);
    expect((await api.request('GET', '/v1/providers', { key })).status).toBe(401);
  });

  it('happens before a body is read', async () => {
    const answer = await api.request('POST', '/v1/providers', { body: '{"not json' });
    expect(answer.status).toBe(401);
  });
});

describe('scopes', () => {
  it('are those of the contract', () => {
    expect(SCOPES).toHaveLength(14);
  });

  it('are demanded by name', async () => {
    const { key } = await api.provider('scoped', ['traffic:read']);
    const answer = await api.request('GET', '/v1/providers/scoped/api-keys', { key });
    expect(answer.status).toBe(403);
    expect(answer.body.code).toBe('insufficient_scope');
    expect(answer.body.detail).toContain('keys:write');
  });

  it('operator implies all of them', async () => {
    await api.provider('anybody');
    const answer = await api.request('GET', '/v1/providers/anybody/list-prices', { key: api.operatorKey });
    expect(answer.status).toBe(200);
  });

  it('cannot be granted by a key that lacks them', async () => {
    const { key } = await api.provider('granting', ['keys:write', 'traffic:read']);
    const grant = (scopes: string[]) =>
      api.request('POST', '/v1/providers/granting/api-keys', { key, body: { name: 'more', scopes } });
    expect((await grant(['traffic:read'])).status).toBe(201);
    expect((await grant(['traffic:read', 'traffic:write'])).body).toMatchObject({
      status: 403,
      code: 'scope_not_grantable',
    });
    expect((await grant(['operator'])).body).toMatchObject({ status: 403, code: 'scope_not_grantable' });
  });

  it('of the operator are not for a provider, even when the operator asks', async () => {
    await api.provider('no-operator');
    const answer = await api.request('POST', '/v1/providers/no-operator/api-keys', {
      key: api.operatorKey,
      body: { name: 'too much', scopes: ['operator'] },
    });
    expect(answer.body).toMatchObject({ status: 403, code: 'scope_not_grantable' });
  });
});

describe('a stranger', () => {
  it('cannot revoke a key by its id alone', async () => {
    await api.provider('owner');
    const { id, key } = await keyOf('owner', { name: 'mine', scopes: ['traffic:read'] });
    const { key: other } = await api.provider('intruder');
    const answer = await api.request('DELETE', `/v1/providers/intruder/api-keys/${id}`, { key: other });
    expect(answer.status).toBe(404);
    expect((await api.request('GET', '/v1/providers', { key })).status).toBe(200);
  });
});

describe("the operator's key", () => {
  it('is made once, however many processes start', async () => {
    const access = api.get(AccessService);
    const again = await Promise.all([1, 2, 3].map(() => access.ensureOperatorKey()));
    expect(again).toEqual([1, 2, 3].map(() => ({ key: null, created: false })));
  });

  it('may be configured; another one replaces it', async () => {
    const access = api.get(AccessService);
    const [first, second] = [newApiKey(), newApiKey()];
    const usable = async (key: string) => (await api.request('GET', '/v1/providers', { key })).status === 200;
    expect(await access.ensureOperatorKey(first)).toEqual({ key: first, created: true });
    expect(await access.ensureOperatorKey(first)).toEqual({ key: first, created: false });
    expect(await usable(first)).toBe(true);
    expect(await access.ensureOperatorKey(second)).toEqual({ key: second, created: true });
    expect([await usable(first), await usable(second)]).toEqual([false, true]);
    expect(await access.ensureOperatorKey(first)).toEqual({ key: first, created: false });
    expect([await usable(first), await usable(second)]).toEqual([true, false]);
    await expect(access.ensureOperatorKey(`${first.slice(0, -1)}!`)).rejects.toThrow('checksum');
  });
});

describe('the start', () => {
  it('fails when a route states no demand', async () => {
    @Controller('open')
    class OpenController {
      @Get()
      read(): string {
        return 'forgotten';
      }
    }
    @Module({ controllers: [OpenController] })
    class OpenModule {}
    @Module({})
    class Root {}
    const pool = await connectDatabase({ url: api.database.url, poolSize: 2, applicationName: 'open' });
    const app = await createHttpApp(
      { module: Root, imports: [DatabaseModule.forRoot(pool), HttpModule, AccessModule, OpenModule] },
      { logger: createLogger({ level: 'silent' }) },
    );
    await expect(app.init()).rejects.toThrow('OpenController.read');
    await app.close().catch(() => undefined);
    await pool.close();
  });
});
