import { createHash } from 'node:crypto';
import { expectProblem } from '../support/api.js';
import {
  expectStatus,
  hourly,
  PERIOD,
  startMarket,
  type Deal,
  type DealOptions,
  type Market,
  type Party,
} from '../support/market.js';

let market: Market;

beforeAll(async () => {
  market = await startMarket({ worker: true });
});

afterAll(() => market.close());

const get = (path: string, key: string, headers?: Record<string, string>) =>
  market.request('GET', path, { key, ...(headers && { headers }) });

/** Everything zero-rated one way and 0.01 a GB the other. */
const TERMS = {
  directions: {
    aToB: { zeroRating: { kind: 'all' } },
    bToA: { pricing: { model: 'linear', unit: 'GB', unitPrice: '0.01' } },
  },
};
const PRICES: DealOptions['prices'] = {
  a: [{ side: 'egress', unit: 'GB', unitPrice: '0.22' }],
  b: [{ side: 'ingress', unit: 'GB', unitPrice: '0.15' }],
};
const SECRET = 'customer-only-alpha-knows';

/** A deal with 10 TB one way for a customer, and 500 GB the other. */
async function traded(options: DealOptions = {}): Promise<Deal> {
  const deal = await market.deal({ terms: TERMS, prices: PRICES, ...options });
  await market.take(deal, deal.a, [
    hourly('out', '05T00', '10000000000000', { customer: SECRET }),
    hourly('in', '05T01', '500000000000', { direction: 'ingress' }),
  ]);
  await market.take(deal, deal.b, [
    hourly('in', '05T00', '10000000000000', { direction: 'ingress', customer: 'b-customer' }),
    hourly('out', '05T01', '500000000000'),
  ]);
  return deal;
}

describe('a statement', () => {
  it('says what the preview said, and more', async () => {
    const deal = await traded();
    const preview = await get(`/v1/agreements/${deal.code}/periods/${PERIOD}/preview`, deal.b.key);
    const statement = await market.closePeriod(deal);
    expect(statement).toMatchObject({
      number: `${deal.code}-0001`,
      agreement: deal.code,
      period: PERIOD,
      state: 'issued',
      currency: 'USD',
      partyA: deal.a.code,
      partyB: deal.b.code,
      settledBytes: { aToB: '10000000000000', bToA: '500000000000' },
      zeroRatedBytes: { aToB: '10000000000000', bToA: '0' },
      lines: [
        {
          kind: 'usage',
          direction: 'bToA',
          version: 1,
          bytes: '500000000000',
          quantity: '500',
          unit: 'GB',
          unitPrice: '0.01',
          amount: '5.00',
          payer: deal.b.code,
          payee: deal.a.code,
        },
      ],
      payableByA: '0.00',
      payableByB: '5.00',
      net: { amount: '5.00', payer: deal.b.code, payee: deal.a.code },
      openingBalance: '0.00',
      closingBalance: '-5.00',
      previousSha256: null,
      counts: { records: { [deal.a.code]: 2, [deal.b.code]: 2 }, buckets: { exact: 2 } },
    });
    expect(statement.notice).toMatch(/not a tax invoice/);
    const { lines, ...figures } = preview.body;
    for (const each of lines) delete each.id;
    expect(statement.lines).toMatchObject(lines);
    for (const dated of ['issuedAt', 'acceptanceDue', 'paymentDue', 'disputableUntil']) delete figures[dated];
    delete figures.state;
    expect(statement).toMatchObject(figures);
    expect((await get(`/v1/statements/${statement.id}`, deal.b.key)).body).toEqual(statement);
  });

  it('starts with the balance of the one before, and names its hash', async () => {
    const deal = await traded();
    const first = await market.closePeriod(deal);
    const second = await market.closePeriod(deal, '2025-04');
    expect(second).toMatchObject({
      number: `${deal.code}-0002`,
      openingBalance: '-5.00',
      closingBalance: '-5.00',
      previousSha256: first.sha256,
      lines: [],
      net: { amount: '0.00', payer: null, payee: null },
    });
  });

  it('is posted to both books, its credits apart', async () => {
    const deal = await traded();
    await market.closePeriod(deal);
    const balance = async (party: Party) => (await get('/v1/balances', party.key)).body.data[0];
    expect(await balance(deal.a)).toMatchObject({
      counterparty: deal.b.code,
      receivable: '5.00',
      payable: '0.00',
      net: '5.00',
      creditsGiven: '2200.00',
      unbilled: '0.00',
    });
    expect(await balance(deal.b)).toMatchObject({
      receivable: '0.00',
      payable: '5.00',
      creditsGiven: '1500.00',
    });
  });

  it('that is not issued yet is the unbilled part of the balance', async () => {
    const deal = await traded();
    const { data } = (await get('/v1/balances', deal.b.key)).body;
    expect(data).toMatchObject([{ payable: '0.00', unbilled: '-5.00' }]);
  });
});

describe('downloads', () => {
  it('have a hash that a few lines recompute', async () => {
    const deal = await traded();
    const { id, sha256 } = await market.closePeriod(deal);
    const file = await get(`/v1/statements/${id}.json`, deal.b.key);
    // Keys sorted and no white space is all of RFC 8785 that texts and whole numbers need.
    const canonical = (value: unknown): string =>
      Array.isArray(value)
        ? `[${value.map(canonical).join(',')}]`
        : value !== null && typeof value === 'object'
          ? `{${Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`)
              .join(',')}}`
          : JSON.stringify(value);
    expect(file.text).toBe(canonical(file.body));
    const { id: _, sha256: stated, ...hashed } = file.body;
    for (const line of hashed.lines) delete line.id;
    expect(createHash('sha256').update(canonical(hashed)).digest('hex')).toBe(stated);
    expect(stated).toBe(sha256);
    const {
      state: ___,
      withheldByA: ____,
      withheldByB: _____,
      ...shown
    } = (await get(`/v1/statements/${id}`, deal.b.key)).body;
    expect(JSON.parse(file.text)).toEqual(shown);
  });

  it.each([
    ['json', 'application/json; charset=utf-8'],
    ['csv', 'text/csv; charset=utf-8; header=present'],
  ])('as %s are the same bytes for both parties, whenever', async (kind, type) => {
    const deal = await traded();
    const { id, number } = await market.closePeriod(deal);
    const path = `/v1/statements/${id}.${kind}`;
    const [byA, byB] = [await get(path, deal.a.key), await get(path, deal.b.key)];
    await market.closePeriod(deal, '2025-04');
    const later = await get(path, deal.a.key);
    expect(byA.bytes).toEqual(byB.bytes);
    expect(byA.bytes).toEqual(later.bytes);
    const digest = createHash('sha256').update(byA.bytes);
    expect(byA.headers.get('repr-digest')).toBe(`sha-256=:${digest.copy().digest('base64')}:`);
    expect(byA.headers.get('content-type')).toBe(type);
    expect(byA.headers.get('content-disposition')).toBe(`attachment; filename="${number}.${kind}"`);
    const etag = byA.headers.get('etag')!;
    const known = await get(path, deal.b.key, { 'If-None-Match': `"other", W/${etag}` });
    expect([known.status, known.text, known.headers.get('etag')]).toEqual([304, '', etag]);
    expect((await get(path, deal.b.key, { 'If-None-Match': '"other"' })).status).toBe(200);
  });

  it('as CSV have a line a charge', async () => {
    const deal = await traded();
    const { id, lines } = await market.closePeriod(deal);
    const { text } = await get(`/v1/statements/${id}.csv`, deal.a.key);
    const [header, line, end] = text.split('\r\n');
    expect(header).toBe(
      'number,agreement,period,id,kind,direction,version,tier,bytes,quantity,unit,unitPrice,amount,payer,payee,currency,originalPeriod,cause,reference',
    );
    expect(line).toBe(
      `${deal.code}-0001,${deal.code},${PERIOD},${lines[0].id},usage,bToA,1,,500000000000,500,GB,0.01,5.00,${deal.b.code},${deal.a.code},USD,,,`,
    );
    expect(end).toBe('');
  });
});

describe('credits', () => {
  it("are each party's own to see", async () => {
    const deal = await traded();
    const { id } = await market.closePeriod(deal);
    const credits = async (party: Party) => (await get(`/v1/statements/${id}/credits`, party.key)).body;
    expect(await credits(deal.a)).toMatchObject({
      data: [
        {
          provider: deal.a.code,
          customer: SECRET,
          direction: 'aToB',
          side: 'egress',
          bytes: '10000000000000',
          unit: 'GB',
          unitPrice: '0.22',
          amount: '2200.00',
          currency: 'USD',
        },
      ],
      nextCursor: null,
    });
    expect((await credits(deal.b)).data).toMatchObject([
      { provider: deal.b.code, customer: 'b-customer', side: 'ingress', amount: '1500.00' },
    ]);
    const asOperator = await get(`/v1/statements/${id}/credits`, market.operatorKey);
    expectProblem(asOperator, 403, 'not_a_party');
  });

  it('come page by page and as CSV, safe for spreadsheets', async () => {
    const deal = await market.deal({ terms: TERMS, prices: PRICES });
    const customers = ['=1+1', '+1', '-1', '@x', 'plain, "quoted"', 'ünï'];
    await market.take(
      deal,
      deal.a,
      customers.map((customer, n) => hourly(`r${n}`, '05T00', `${n + 1}000000000`, { customer })),
    );
    const { id } = await market.closePeriod(deal);
    const all = (await get(`/v1/statements/${id}/credits`, deal.a.key)).body;
    expect(all.totals).toMatchObject({ count: 6, bytes: '21000000000', amount: '4.62' });
    const paged: unknown[] = [];
    for (let cursor = ''; ;) {
      const { body } = await get(`/v1/statements/${id}/credits?limit=4${cursor}`, deal.a.key);
      expect(body.totals).toEqual(all.totals);
      paged.push(...body.data);
      if (body.nextCursor === null) break;
      cursor = `&cursor=${body.nextCursor}`;
    }
    expect(paged).toEqual(all.data);
    const csv = (await get(`/v1/statements/${id}/credits.csv`, deal.a.key)).text;
    const rows = csv.trimEnd().split('\r\n');
    expect(rows).toHaveLength(7);
    for (const cell of ["'=1+1", "'+1", "'-1", "'@x", '"plain, ""quoted"""', 'ünï']) {
      expect(csv).toContain(`,${cell},aToB`);
    }
    expect(
      (await get(`/v1/statements/${id}/credits.csv`, deal.b.key)).text.trimEnd().split('\r\n'),
    ).toHaveLength(1);
  });

  it('follow a price that changes in mid-month, also one that is added late', async () => {
    const deal = await traded({ prices: { a: [{ side: 'egress', unit: 'GB', unitPrice: '0.22' }] } });
    const more = { customer: SECRET };
    await market.take(deal, deal.a, [hourly('later', '20T00', '1000000000000', more)]);
    // Half before midnight UTC, half after.
    const midnight = { start: `${PERIOD}-09T23:30:00Z`, end: `${PERIOD}-10T00:30:00Z` };
    await market.take(deal, deal.a, [{ ...hourly('midnight', '09T23', '1000000000000', more), ...midnight }]);
    const added = await market.addPrices(deal.a, [
      { side: 'egress', unit: 'GB', unitPrice: '0.10', from: `${PERIOD}-10T00:00:00Z` },
    ]);
    expectStatus(added, 201);
    const { id } = await market.closePeriod(deal);
    const { data } = (await get(`/v1/statements/${id}/credits`, deal.a.key)).body;
    expect(data.map(({ bytes, unitPrice, amount }: any) => [bytes, unitPrice, amount])).toEqual([
      ['10500000000000', '0.22', '2310.00'],
      ['1500000000000', '0.1', '150.00'],
    ]);
  });

  it('take what the customer was charged where that is lower, and list what has no price', async () => {
    const deal = await market.deal({ terms: TERMS, prices: {} });
    const added = `${PERIOD}-10T00:00:00Z`;
    await market.addPrices(deal.a, [{ side: 'egress', unit: 'GB', unitPrice: '0.22', from: added }]);
    await market.take(deal, deal.a, [
      hourly('unpriced', '05T00', '1000000000', { customer: 'c1' }),
      hourly('cheap', '15T00', '1000000000', { customer: 'c2', chargedUnitPrice: '0.05' }),
      hourly('dear', '15T00', '1000000000', { customer: 'c3', chargedUnitPrice: '0.50' }),
      hourly('nobody', '15T00', '1000000000'),
    ]);
    await market.take(deal, deal.b, [
      hourly('free', '15T00', '4000000000', { customer: 'd1', direction: 'ingress' }),
    ]);
    const { id } = await market.closePeriod(deal);
    const { data, totals } = (await get(`/v1/statements/${id}/credits`, deal.a.key)).body;
    expect(data.map(({ customer, state, amount }: any) => [customer, state, amount])).toEqual([
      ['c1', 'unpriced', null],
      ['c2', 'credited', '0.05'],
      ['c3', 'credited', '0.22'],
    ]);
    expect(totals).toMatchObject({ count: 3, bytes: '3000000000', unpricedBytes: '1000000000' });
    // Ingress is free unless a provider says otherwise.
    const ofB = (await get(`/v1/statements/${id}/credits`, deal.b.key)).body.data;
    expect(ofB).toMatchObject([{ customer: 'd1', unitPrice: '0', amount: '0.00' }]);
  });
});

describe('prices', () => {
  it('take effect in open periods only', async () => {
    const deal = await traded();
    await market.closePeriod(deal);
    const price = { side: 'egress', unit: 'GB', unitPrice: '0.30', region: 'eu-1' } as const;
    for (const from of ['2025-02-01', '2025-03-15', '2025-03-31']) {
      const refused = await market.addPrices(deal.a, [{ ...price, from: `${from}T00:00:00Z` }]);
      expectProblem(refused, 409, 'price_in_closed_period');
    }
    const listed = await get(`/v1/providers/${deal.a.code}/list-prices`, deal.a.key);
    expect(listed.body.data).toHaveLength(1);
    expectStatus(await market.addPrices(deal.a, [{ ...price, from: '2025-04-01T00:00:00Z' }]), 201);
  });

  it('respect the period of the agreement’s own zone', async () => {
    const deal = await market.deal({ timezone: 'America/New_York', terms: TERMS });
    await market.closePeriod(deal);
    const price = { side: 'egress', unit: 'GB', unitPrice: '0.30' } as const;
    // March ends in New York at 04:00 UTC on April 1.
    expectProblem(
      await market.addPrices(deal.a, [{ ...price, from: '2025-04-01T00:00:00Z' }]),
      409,
      'price_in_closed_period',
    );
    expectStatus(await market.addPrices(deal.a, [{ ...price, from: '2025-04-02T00:00:00Z' }]), 201);
  });
});
