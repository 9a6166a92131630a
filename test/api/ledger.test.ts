import { v7 } from 'uuid';
import {
  creditPostings,
  issuePostings,
  LedgerModule,
  LedgerService,
  type PostingDocument,
} from '../../src/ledger/index.js';
import type { Tenant } from '../../src/platform/database/index.js';
import { startApi, type TestApi } from '../support/api.js';

const AGREEMENT = v7();
const OTHER_AGREEMENT = v7();
const STATEMENT = v7();

type Party = Awaited<ReturnType<TestApi['provider']>>;

let api: TestApi;
let ledger: LedgerService;
let alpha: Party;
let beta: Party;
let gamma: Party;

beforeAll(async () => {
  api = await startApi(LedgerModule);
  ledger = api.get(LedgerService);
  [alpha, beta, gamma] = [
    await api.provider('alpha'),
    await api.provider('beta'),
    await api.provider('gamma'),
  ];
  ledger.provideAgreementCodes({
    codesOf: (ids) =>
      Promise.resolve(new Map(ids.filter((id) => id === AGREEMENT).map((id) => [id, 'alpha-beta']))),
    idOf: (code) => Promise.resolve(code === 'alpha-beta' ? AGREEMENT : null),
  });
  await issue({ agreementId: AGREEMENT, sourceId: STATEMENT, payer: alpha, payee: beta, day: 6 });
  await issue({ agreementId: OTHER_AGREEMENT, sourceId: v7(), payer: gamma, payee: alpha, day: 7 });
  const credits = [{ direction: 'aToB', side: 'egress', amount: 220_000n, currency: 'USD' }];
  await post({
    agreementId: AGREEMENT,
    sourceKind: 'statement_credits',
    sourceId: STATEMENT,
    effectiveAt: Date.UTC(2026, 10, 6),
    books: [creditPostings({ bookId: alpha.id, counterpartyId: beta.id, credits })],
  });
});

afterAll(() => api.close());

/** A statement of one line of 100.00 and, the other way, one of 30.00. */
async function issue(of: { agreementId: string; sourceId: string; payer: Party; payee: Party; day: number }) {
  const { agreementId, sourceId, day } = of;
  const [payer, payee] = [of.payer.id, of.payee.id];
  const lines = [
    { id: 'l1', payer, payee, amount: 10_000n },
    { id: 'l2', payer: payee, payee: payer, amount: 3_000n },
  ];
  const books = issuePostings({ lines, currency: 'USD' });
  const effectiveAt = Date.UTC(2026, 10, day);
  await post({ agreementId, sourceKind: 'statement', sourceId, effectiveAt, books });
}

/** Posts for both parties, as whatever posts does. */
async function post(document: PostingDocument): Promise<void> {
  const [{ bookId, counterpartyId }] = document.books as [PostingDocument['books'][number]];
  const tenant: Tenant = {
    kind: 'agreement',
    agreementId: document.agreementId,
    partyIds: [bookId, counterpartyId],
  };
  await api.acting(LedgerService, tenant).post(document);
}

const get = (path: string, key?: string) => api.request('GET', path, key === undefined ? {} : { key });

describe('GET /v1/balances', () => {
  it('tells the caller what its own book says, by counterparty and currency', async () => {
    const { status, body } = await get('/v1/balances', alpha.key);
    expect(status).toBe(200);
    expect(body.nextCursor).toBeNull();
    expect(body.data).toEqual([
      {
        provider: 'alpha',
        counterparty: 'beta',
        currency: 'USD',
        receivable: '30.00',
        payable: '100.00',
        disputedReceivable: '0.00',
        disputedPayable: '0.00',
        net: '-70.00',
        unbilled: '0.00',
        creditsGiven: '2200.00',
        asOf: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        recordedAsOf: null,
        agreements: [
          expect.objectContaining({
            agreement: 'alpha-beta',
            payable: '100.00',
            net: '-70.00',
            unbilled: '0.00',
          }),
        ],
      },
      expect.objectContaining({
        counterparty: 'gamma',
        receivable: '100.00',
        net: '70.00',
        creditsGiven: '0.00',
      }),
    ]);
  });

  it("never shows the counterparty's book, its credits included", async () => {
    const { body, text } = await get('/v1/balances', beta.key);
    expect(body.data).toHaveLength(1);
    expect(body.data[0]).toMatchObject({ provider: 'beta', counterparty: 'alpha', net: '70.00' });
    expect(text).not.toMatch(/2200|gamma/);
    const stranger = await get('/v1/balances?provider=alpha', beta.key);
    const nobody = await get('/v1/balances?provider=no-such', beta.key);
    expect([stranger.status, nobody.status]).toEqual([404, 404]);
    const { request_id: one, ...strangerBody } = stranger.body;
    const { request_id: other, ...nobodyBody } = nobody.body;
    expect(one).not.toBe(other);
    expect(strangerBody).toEqual(nobodyBody);
  });

  it('is as of an instant, inclusive', async () => {
    const payableAt = async (query: string) =>
      (await get(`/v1/balances?counterparty=beta&${query}`, alpha.key)).body.data[0];
    expect(await payableAt('asOf=2026-11-05T23:59:59.999Z')).toMatchObject({
      payable: '0.00',
      creditsGiven: '0.00',
      asOf: '2026-11-05T23:59:59.999Z',
    });
    expect(await payableAt('asOf=2026-11-06T01:00:00%2B01:00')).toMatchObject({
      payable: '100.00',
      asOf: '2026-11-06T00:00:00Z',
    });
    expect(await payableAt('recordedAsOf=2020-01-01T00:00:00Z')).toMatchObject({
      payable: '0.00',
      recordedAsOf: '2020-01-01T00:00:00Z',
    });
  });

  it('adds what is not billed yet, for the present', async () => {
    ledger.provideUnbilled((bookId) =>
      Promise.resolve(
        bookId === alpha.id
          ? [{ agreementId: AGREEMENT, counterpartyId: beta.id, currency: 'USD', amount: -525n }]
          : [],
      ),
    );
    const now = await get('/v1/balances?counterparty=beta', alpha.key);
    expect(now.body.data).toMatchObject([{ unbilled: '-5.25', net: '-70.00' }]);
    const then = await get('/v1/balances?counterparty=beta&asOf=2026-11-30T00:00:00Z', alpha.key);
    expect(then.body.data).toMatchObject([{ unbilled: '0.00' }]);
    ledger.provideUnbilled(() => Promise.resolve([]));
  });

  it('filters, and pages', async () => {
    const one = await get('/v1/balances?limit=1', alpha.key);
    expect(one.body.data).toMatchObject([{ counterparty: 'beta' }]);
    expect(one.headers.get('link')).toContain('rel="next"');
    const two = await get(`/v1/balances?limit=1&cursor=${one.body.nextCursor}`, alpha.key);
    expect(two.body).toMatchObject({ data: [{ counterparty: 'gamma' }], nextCursor: null });
    for (const query of ['currency=EUR', 'counterparty=nobody'])
      expect((await get(`/v1/balances?${query}`, alpha.key)).body).toEqual({
        data: [],
        totals: [],
        nextCursor: null,
      });
  });

  it('is of one agreement, and in total by currency, whatever the page', async () => {
    const one = await get('/v1/balances?agreement=alpha-beta', alpha.key);
    expect(one.body.data).toMatchObject([{ counterparty: 'beta', net: '-70.00' }]);
    const { totals } = (await get('/v1/balances?limit=1', alpha.key)).body;
    expect(totals).toMatchObject([
      { currency: 'USD', receivable: '130.00', payable: '130.00', net: '0.00', creditsGiven: '2200.00' },
    ]);
    expect((await get('/v1/balances?agreement=unknown', alpha.key)).body.data).toEqual([]);
  });

  it('has an ETag that stays until something is posted', async () => {
    const first = await get('/v1/balances', alpha.key);
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^W\//);
    const again = () =>
      api.request('GET', '/v1/balances', { key: alpha.key, headers: { 'If-None-Match': etag } });
    expect((await again()).status).toBe(304);
    ledger.provideUnbilled(() =>
      Promise.resolve([{ agreementId: AGREEMENT, counterpartyId: beta.id, currency: 'USD', amount: 1n }]),
    );
    expect((await again()).status).toBe(200);
    ledger.provideUnbilled(() => Promise.resolve([]));
  });

  it.each(['asOf=2026-11-06', 'currency=usd', 'recordedAsOf=yesterday', 'agreements=alpha-beta'])(
    'refuses ?%s',
    async (query) => {
      const { status, body } = await get(`/v1/balances?${query}`, alpha.key);
      expect([status, body.code]).toEqual([422, 'validation_failed']);
    },
  );

  it('says what became of the + of an offset', async () => {
    const refused = await get('/v1/balances?asOf=2026-11-06T01:00:00+01:00', alpha.key);
    expect(refused.body.errors[0].detail).toMatch(
      /offset, no finer than a millisecond, .* write the \+ .* as %2B/,
    );
    expect((await get('/v1/balances?asOf=2026-11-06T01:00:00%2B01:00', alpha.key)).status).toBe(200);
  });

  it('lets the operator read the book that it names', async () => {
    const named = await get('/v1/balances?provider=beta', api.operatorKey);
    expect(named.body.data).toMatchObject([{ provider: 'beta', counterparty: 'alpha' }]);
    const unnamed = await get('/v1/balances', api.operatorKey);
    expect(unnamed.body).toMatchObject({ status: 422, errors: [{ pointer: '?provider', code: 'required' }] });
  });
});

describe('GET /v1/ledger/accounts', () => {
  it('lists the own accounts with their balances, debit positive', async () => {
    const { body } = await get('/v1/ledger/accounts?agreement=alpha-beta', alpha.key);
    const balances = body.data.map((account: { kind: string; balance: string }) => [
      account.kind,
      account.balance,
    ]);
    expect(Object.fromEntries(balances)).toEqual({
      payable: '-100.00',
      receivable: '30.00',
      settlement_cost: '100.00',
      settlement_revenue: '-30.00',
      zero_rated_waiver: '2200.00',
      customer_credits: '-2200.00',
    });
    expect(body.data[0]).toMatchObject({
      provider: 'alpha',
      counterparty: 'beta',
      agreement: 'alpha-beta',
      entries: 1,
    });
  });

  it('pages through all of them once', async () => {
    const seen: string[] = [];
    for (let path: string | null = '/v1/ledger/accounts?limit=4'; path !== null;) {
      const { body }: { body: { data: { id: string }[]; nextCursor: string | null } } = await get(
        path,
        alpha.key,
      );
      seen.push(...body.data.map(({ id }) => id));
      path = body.nextCursor === null ? null : `/v1/ledger/accounts?limit=4&cursor=${body.nextCursor}`;
    }
    expect(seen).toHaveLength(10);
    expect(new Set(seen).size).toBe(10);
  });
});

describe('GET /v1/ledger/entries', () => {
  it('shows each entry with its source, accounts, running balances and twin', async () => {
    const { body } = await get(`/v1/ledger/entries?source=${STATEMENT}&account=payable`, alpha.key);
    expect(body).toEqual({
      data: [
        {
          id: expect.any(String),
          provider: 'alpha',
          counterparty: 'beta',
          agreement: 'alpha-beta',
          sequence: 1,
          position: 1,
          source: {
            kind: 'statement',
            id: STATEMENT,
            line: 'l1',
            url: `/v1/statements/${STATEMENT}/lines/l1/explanation`,
          },
          debit: { account: expect.any(String), kind: 'settlement_cost', balance: '100.00' },
          credit: { account: expect.any(String), kind: 'payable', balance: '-100.00' },
          amount: '100.00',
          currency: 'USD',
          effectiveAt: '2026-11-06T00:00:00Z',
          recordedAt: expect.any(String),
          twin: expect.any(String),
        },
      ],
      nextCursor: null,
    });
    const mirrored = await get('/v1/ledger/entries?account=receivable', beta.key);
    expect(mirrored.body.data).toMatchObject([
      { id: body.data[0].twin, twin: body.data[0].id, amount: '100.00' },
    ]);
  });

  it('comes as CSV, all of it, with the same filters, and so do the accounts', async () => {
    const csv = await get('/v1/ledger/entries.csv?counterparty=beta&limit=1', alpha.key);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    const [header, ...rows] = csv.text.trim().split('\r\n');
    expect(header).toBe(
      'id,provider,counterparty,agreement,sequence,position,source_kind,source_id,source_line,source_url,' +
        'debit_account,debit_kind,debit_balance,credit_account,credit_kind,credit_balance,amount,currency,' +
        'effectiveAt,recordedAt,twin',
    );
    expect(rows).toHaveLength(3);
    expect(rows[0]).toContain(',100.00,USD,');
    expect((await get('/v1/ledger/entries.csv?currency=EUR', alpha.key)).text).toBe(`${header}\r\n`);
    const accounts = await get('/v1/ledger/accounts.csv?kind=payable', alpha.key);
    expect(accounts.text.trim().split('\r\n')).toHaveLength(3);
    expect((await get('/v1/ledger/entries.csv?provider=alpha', beta.key)).status).toBe(404);
  });

  it("never shows the counterparty's entries, not even by their account", async () => {
    const own = await get('/v1/ledger/entries', beta.key);
    expect(own.body.data).toHaveLength(2);
    for (const entry of own.body.data)
      expect(entry).toMatchObject({ provider: 'beta', counterparty: 'alpha' });
    expect(own.text).not.toMatch(/zero_rated_waiver|gamma/);
    const { body } = await get('/v1/ledger/accounts', alpha.key);
    for (const { id } of body.data)
      expect((await get(`/v1/ledger/entries?account=${id}`, beta.key)).body.data).toEqual([]);
    expect((await get('/v1/ledger/entries?provider=alpha', beta.key)).status).toBe(404);
    expect((await get('/v1/ledger/accounts?provider=alpha', beta.key)).status).toBe(404);
    expect((await get('/v1/ledger/entries?agreement=alpha-beta', gamma.key)).body.data).toEqual([]);
  });

  it('filters by effective time, half-open, and by counterparty', async () => {
    const count = async (query: string) =>
      (await get(`/v1/ledger/entries?${query}`, alpha.key)).body.data.length;
    expect(await count('from=2026-11-06T00:00:00Z&to=2026-11-07T00:00:00Z')).toBe(3);
    expect(await count('from=2026-11-07T00:00:00Z')).toBe(2);
    expect(await count('to=2026-11-06T00:00:00Z')).toBe(0);
    expect(await count('counterparty=gamma')).toBe(2);
    expect(await count('agreement=alpha-beta')).toBe(3);
    expect(await count('agreement=unknown')).toBe(0);
    expect(await count('currency=EUR')).toBe(0);
  });

  it('pages in the order of effective time, through all of them once', async () => {
    const seen: { id: string; effectiveAt: string }[] = [];
    for (let path: string | null = '/v1/ledger/entries?limit=2'; path !== null;) {
      const { body }: { body: { data: typeof seen; nextCursor: string | null } } = await get(path, alpha.key);
      seen.push(...body.data);
      path = body.nextCursor === null ? null : `/v1/ledger/entries?limit=2&cursor=${body.nextCursor}`;
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(5);
    expect(seen.map(({ effectiveAt }) => effectiveAt)).toEqual(
      seen.map(({ effectiveAt }) => effectiveAt).sort(),
    );
  });

  it.each([
    ['account=cash', 422],
    ['source=1', 422],
    ['from=2026-11-06', 422],
    ['limit=1001', 422],
    ['cursor=bm9uc2Vuc2U', 400],
    [`cursor=${Buffer.from('[-1e300,"x"]').toString('base64url')}`, 400],
  ])('refuses ?%s', async (query, status) => {
    expect((await get(`/v1/ledger/entries?${query}`, alpha.key)).status).toBe(status);
  });
});

describe('all of them', () => {
  it.each(['/v1/balances', '/v1/ledger/accounts', '/v1/ledger/entries'])(
    '%s needs the scope',
    async (path) => {
      const name = `scope-${path.split('/').at(-1)}`;
      const { key } = await api.provider(name, ['statements:read']);
      expect((await get(path, key)).body).toMatchObject({ status: 403, code: 'insufficient_scope' });
      expect((await get(path)).status).toBe(401);
    },
  );
});
