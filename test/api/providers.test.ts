import { newApiKey } from '../../src/access/index.js';
import type { Transaction } from '../../src/platform/database/index.js';
import { ProvidersService, type ListPrice } from '../../src/providers/index.js';
import { startApi, type TestApi } from '../support/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const INPUT = { name: 'ACME Cloud, Inc.', asns: [64500, 4200000000], billingCurrency: 'USD' };

function register(body: unknown) {
  return api.request('POST', '/v1/providers', { key: api.operatorKey, body });
}

describe('registering a provider', () => {
  it('answers with it, and where it is', async () => {
    const made = await register({ code: 'acme-1', ...INPUT });
    expect(made.status).toBe(201);
    expect(made.headers.get('location')).toBe('/v1/providers/acme-1');
    expect(made.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      code: 'acme-1',
      ...INPUT,
      createdAt: expect.stringMatching(/Z$/),
    });
    const read = await api.request('GET', '/v1/providers/acme-1', { key: api.operatorKey });
    expect(read.body).toEqual(made.body);
    expect(read.headers.get('etag')).toMatch(/^"/);
  });

  it('takes a code once', async () => {
    await register({ code: 'taken', ...INPUT });
    const again = await register({ code: 'taken', ...INPUT, name: 'Another' });
    expect(again.body).toMatchObject({ status: 409, code: 'provider_code_taken' });
    const race = await Promise.all([1, 2, 3, 4].map(() => register({ code: 'raced', ...INPUT })));
    expect(race.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  const wrong: [string, object][] = [
    ['/code', { code: 'Upper' }],
    ['/code', { code: 'double--hyphen' }],
    ['/code', { code: '-start' }],
    ['/code', { code: 'x'.repeat(64) }],
    ['/code', { code: 'new\n' }],
    ['/name', { name: '' }],
    ['/name', { name: 'two\nlines' }],
    ['/name', { name: 'x'.repeat(201) }],
    ['/asns', { asns: 64500 }],
    ['/asns', { asns: ['64500'] }],
    ['/asns', { asns: [0] }],
    ['/asns', { asns: [2 ** 32] }],
    ['/asns', { asns: [1, 1] }],
    ['/billingCurrency', { billingCurrency: 'XXQ' }],
    ['/billingCurrency', { billingCurrency: 'usd' }],
    ['/id', { id: 'mine' }],
  ];
  it.each(wrong)('points at a wrong %s in %j', async (pointer, change) => {
    const answer = await register({ code: 'wrong', ...INPUT, ...change });
    expect(answer.body).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer]);
  });

  it("is the operator's", async () => {
    const { key } = await api.provider('no-registrar');
    const answer = await api.request('POST', '/v1/providers', { key, body: { code: 'mine', ...INPUT } });
    expect(answer.body).toMatchObject({ status: 403, code: 'insufficient_scope' });
  });

  it('answers an unknown one with 404, for every caller', async () => {
    const answer = await api.request('GET', '/v1/providers/nobody', { key: api.operatorKey });
    expect(answer.body).toMatchObject({ status: 404, code: 'provider_not_found' });
  });
});

describe('the list of providers', () => {
  it('gives every provider once while others are being registered', async () => {
    for (let n = 0; n < 12; n++) await register({ code: `listed-${n}`, ...INPUT });
    const seen: string[] = [];
    let path: string | null = '/v1/providers?limit=5';
    let pages_count = 0;
    while (path) {
      const answer = await api.request('GET', path, { key: api.operatorKey });
      expect(answer.body.data.length).toBeLessThanOrEqual(5);
      seen.push(...answer.body.data.map(({ code }: { code: string }) => code));
      if (pages_count++ < 3) await register({ code: `a-meanwhile-${pages_count}`, ...INPUT });
      const link: string | null = answer.headers.get('link');
      expect(link === null).toBe(answer.body.nextCursor === null);
      path = link && (/^<(.+)>; rel="next"$/.exec(link)?.[1] as string);
      if (path) expect(new URL(path, api.url).searchParams.get('limit')).toBe('5');
    }
    expect(new Set(seen).size).toBe(seen.length);
    for (let n = 0; n < 12; n++) expect(seen).toContain(`listed-${n}`);
    expect(seen).toContain('a-meanwhile-1');
  });

  it.each([
    'x',
    '%20',
    'bnVsbA',
    'WyJub3QgYW4gaWQiXQ',
    'WzFd',
    'W10',
    'WyIwMTk4YzdhMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDAiLDFd',
  ])('refuses the cursor %s', async (cursor) => {
    const answer = await api.request('GET', `/v1/providers?cursor=${cursor}`, { key: api.operatorKey });
    expect(answer.body).toMatchObject({ status: 400, code: 'invalid_cursor' });
  });
});

describe('API keys of a provider', () => {
  it('answer with all there is to know, and the secret once', async () => {
    await register({ code: 'keyed', ...INPUT });
    const options = {
      key: api.operatorKey,
      body: { name: 'export', scopes: ['traffic:read'], expiresAt: '2099-01-01T02:00:00+02:00' },
      headers: { 'Idempotency-Key': 'keyed' },
    };
    const made = await api.request('POST', '/v1/providers/keyed/api-keys', options);
    expect(made.body).toEqual({
      id: expect.any(String),
      name: 'export',
      scopes: ['traffic:read'],
      createdAt: expect.any(String),
      expiresAt: '2099-01-01T00:00:00Z',
      key: expect.stringMatching(/^plk_live_/),
    });
    const { key: _, ...shown } = made.body;
    const replayed = await api.request('POST', '/v1/providers/keyed/api-keys', options);
    expect(replayed.status).toBe(201);
    expect(replayed.body).toEqual(shown);
    const listed = await api.request('GET', '/v1/providers/keyed/api-keys', { key: api.operatorKey });
    expect(listed.body.data).toEqual([{ ...shown, revokedAt: null, lastUsedAt: null }]);
  });

  it.each([
    ['/scopes', { scopes: [] }],
    ['/scopes', { scopes: ['traffic:delete'] }],
    ['/scopes', { scopes: ['traffic:read', 'traffic:read'] }],
    ['/expiresAt', { expiresAt: 'tomorrow' }],
    ['/expiresAt', { expiresAt: '2020-01-01T00:00:00Z' }],
    ['/name', { name: 7 }],
  ])('point at a wrong %s in %j', async (pointer, change) => {
    await api.request('POST', '/v1/providers', {
      key: api.operatorKey,
      body: { code: 'key-errors', ...INPUT },
    });
    const answer = await api.request('POST', '/v1/providers/key-errors/api-keys', {
      key: api.operatorKey,
      body: { name: 'x', scopes: ['traffic:read'], ...change },
    });
    expect(answer.body).toMatchObject({ status: 422, code: 'validation_failed', errors: [{ pointer }] });
  });

  it('answer 404 for an id that names nothing', async () => {
    await register({ code: 'no-keys', ...INPUT });
    for (const id of ['x', '0198c7a0-0000-7000-8000-000000000000', newApiKey()]) {
      const answer = await api.request('DELETE', `/v1/providers/no-keys/api-keys/${id}`, {
        key: api.operatorKey,
      });
      expect(answer.body).toMatchObject({ status: 404, code: 'api_key_not_found' });
    }
  });
});

describe('list prices', () => {
  const price = (change: object = {}) => ({
    side: 'egress',
    unit: 'GB',
    unitPrice: '0.22',
    from: '2026-10-01T00:00:00Z',
    ...change,
  });
  const add = (provider: { code: string; key: string }, ...prices: object[]) =>
    api.request('POST', `/v1/providers/${provider.code}/list-prices`, {
      key: provider.key,
      body: { prices },
      headers: { 'Idempotency-Key': '' },
    });

  it('are added, and listed', async () => {
    const provider = await api.provider('priced');
    const added = await add(
      provider,
      price(),
      price({ region: 'eu-1', unitPrice: '0.123456789012' }),
      price({ side: 'ingress', unit: 'TiB', unitPrice: '0', from: '2026-11-01T02:00:00+02:00' }),
    );
    expect(added.status).toBe(201);
    const listed = await api.request('GET', '/v1/providers/priced/list-prices', { key: provider.key });
    expect(listed.body).toEqual({ data: added.body.prices, nextCursor: null });
    expect(listed.body.data).toEqual([
      { ...price(), region: null },
      price({ region: 'eu-1', unitPrice: '0.123456789012' }),
      { side: 'ingress', region: null, unit: 'TiB', unitPrice: '0', from: '2026-11-01T00:00:00Z' },
    ]);
    const service = api.acting(ProvidersService);
    expect(await service.listPrices(api.pool, provider.id)).toEqual([
      { side: 'egress', region: null, from: Date.UTC(2026, 9, 1), unit: 'GB', unitPrice: '0.22' },
      { side: 'egress', region: 'eu-1', from: Date.UTC(2026, 9, 1), unit: 'GB', unitPrice: '0.123456789012' },
      { side: 'ingress', region: null, from: Date.UTC(2026, 10, 1), unit: 'TiB', unitPrice: '0' },
    ]);
  });

  it('may be sent again, but not changed', async () => {
    const provider = await api.provider('repeated');
    expect((await add(provider, price())).status).toBe(201);
    expect((await add(provider, price({ unitPrice: '0.220' }), price({ region: 'eu-1' }))).status).toBe(201);
    for (const change of [{ unitPrice: '0.23' }, { unit: 'GiB' }]) {
      const refused = await add(provider, price({ side: 'ingress' }), price(change));
      expect(refused.body).toMatchObject({
        status: 409,
        code: 'list_price_conflict',
        errors: [{ pointer: '/prices/1' }],
      });
    }
    const contradiction = await add(provider, price({ region: 'x' }), price({ region: 'x', unitPrice: '1' }));
    expect(contradiction.body).toMatchObject({ status: 409, code: 'list_price_conflict' });
    const listed = await api.request('GET', '/v1/providers/repeated/list-prices', { key: provider.key });
    expect(listed.body.data).toEqual([{ ...price(), region: null }, price({ region: 'eu-1' })]);
  });

  it('of one slot sent at once end in one', async () => {
    const provider = await api.provider('price-race');
    const raced = await Promise.all(['1', '2', '3'].map((unitPrice) => add(provider, price({ unitPrice }))));
    expect(raced.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it.each([
    ['/prices/0/from', { from: '2026-10-01T00:00:00+01:00' }],
    ['/prices/0/from', { from: '2026-10-01T12:00:00Z' }],
    ['/prices/0/from', { from: '2026-10-01' }],
    ['/prices/0/unitPrice', { unitPrice: '-1' }],
    ['/prices/0/unitPrice', { unitPrice: '1e3' }],
    ['/prices/0/unitPrice', { unitPrice: '0.1234567890123' }],
    ['/prices/0/unitPrice', { unitPrice: 0.22 }],
    ['/prices/0/unitPrice', { unitPrice: 1 }],
    ['/prices/0/unit', { unit: 'MB' }],
    ['/prices/0/side', { side: 'both' }],
    ['/prices/0/region', { region: '' }],
    ['/prices/0/currency', { currency: 'USD' }],
  ])('point at a wrong %s in %j', async (pointer, change) => {
    const answer = await api.request('POST', '/v1/providers/nobody/list-prices', {
      key: api.operatorKey,
      body: { prices: [price(change)] },
    });
    expect(answer.body).toMatchObject({ status: 422, code: 'validation_failed', errors: [{ pointer }] });
  });

  it('may be followed, or refused, inside the transaction that adds them', async () => {
    const provider = await api.provider('followed');
    const seen: unknown[] = [];
    let refuse = false;
    api
      .get(ProvidersService)
      .observePrices(async (tx: Transaction, id: string, prices: readonly ListPrice[]) => {
        if (id !== provider.id) return;
        const inside = await tx.query(`SELECT FROM list_prices WHERE provider_id = $1`, [id]);
        seen.push({ prices, inside: inside.length });
        if (refuse) throw new Error('refused');
      });
    await add(provider, price());
    await add(provider, price());
    expect(seen).toEqual([
      {
        prices: [
          {
            id: expect.any(String),
            side: 'egress',
            region: null,
            from: Date.UTC(2026, 9, 1),
            unit: 'GB',
            unitPrice: '0.22',
          },
        ],
        inside: 1,
      },
    ]);
    refuse = true;
    expect((await add(provider, price({ side: 'ingress' }))).status).toBe(500);
    expect(
      await api.database.query(`SELECT FROM list_prices WHERE provider_id = $1`, [provider.id]),
    ).toHaveLength(1);
  });
});
