import { expectProblem } from '../support/api.js';
import { hourly, PERIOD, startMarket, type Deal, type Market, type Party } from '../support/market.js';

const SECRET = 'customer-of-alpha';
const CHARGED = '0.198765';

let market: Market;
let deal: Deal;
let stranger: Party;
let statement: { id: string };
let batch: string;
let dispute: string | undefined;

beforeAll(async () => {
  market = await startMarket({ worker: true });
  stranger = (await market.deal()).a;
  deal = await market.deal({
    terms: {
      directions: {
        aToB: {
          zeroRating: { kind: 'allowance', quantity: '1', unit: 'GB' },
          pricing: { model: 'linear', unit: 'GB', unitPrice: '1' },
        },
      },
    },
    prices: { a: [{ side: 'egress', unit: 'GB', unitPrice: '0.22' }] },
  });
  const secret = { customer: SECRET, chargedUnitPrice: CHARGED };
  batch = (
    await market.take(deal, deal.a, [
      hourly('r1', '05T00', '3000000000', secret),
      hourly('r2', '05T01', '2000000000', { ...secret, direction: 'ingress' }),
    ])
  ).body.id;
  await market.take(deal, deal.b, [hourly('r1', '05T00', '2999999999', { direction: 'ingress' })]);
});

afterAll(() => market.close());

const get = (path: string, key: string) => market.request('GET', path, { key });

/** Every route with which the counterparty can look at the deal. */
function windows(): string[] {
  const agreement = `/v1/agreements/${deal.code}`;
  const ofStatement = statement
    ? ['', '.json', '.csv', '/credits', '/credits.csv', '/restatement'].map(
        (end) => `/v1/statements/${statement.id}${end}`,
      )
    : [];
  return [
    '/v1/agreements',
    agreement,
    `${agreement}/versions`,
    `${agreement}/batches`,
    `${agreement}/batches/${batch}`,
    `${agreement}/traffic-records`,
    `${agreement}/traffic-records?customer=${SECRET}`,
    `${agreement}/traffic-records?id=r1`,
    `${agreement}/periods/${PERIOD}/reconciliation`,
    `${agreement}/periods/${PERIOD}/reconciliation/buckets`,
    `${agreement}/periods/${PERIOD}/preview`,
    '/v1/statements',
    '/v1/balances',
    '/v1/ledger/accounts',
    '/v1/ledger/entries',
    '/v1/payments',
    `/v1/providers/${deal.a.code}`,
    `/v1/providers/${deal.a.code}/list-prices`,
    `/v1/providers/${deal.a.code}/api-keys`,
    ...ofStatement,
    '/v1/disputes',
    ...(dispute ? [`/v1/disputes/${dispute}`] : []),
  ];
}

async function expectNothingSeen(key: string): Promise<void> {
  for (const path of windows()) {
    const { text, headers, status } = await get(path, key);
    expect({ path, status, text }).not.toEqual({ path, status: 500, text: expect.anything() });
    const all = `${text} ${JSON.stringify([...headers])}`.replaceAll(encodeURIComponent(path), '');
    // The path that was asked for stands in a problem's `instance`, without its query.
    expect({ path, seen: all.includes(SECRET) || all.includes(CHARGED) }).toEqual({ path, seen: false });
  }
}

describe('what a party tells of its customers', () => {
  it('is nowhere in what the counterparty and the operator read, while the period is open', async () => {
    await expectNothingSeen(deal.b.key);
    await expectNothingSeen(market.operatorKey);
  });

  it('is nowhere in what they read after the issue', async () => {
    statement = await market.closePeriod(deal);
    const [line] = (await get(`/v1/statements/${statement.id}`, deal.a.key)).body.lines;
    const raised = await market.request('POST', '/v1/disputes', {
      key: deal.a.key,
      body: { statement: statement.id, line: line.id, reason: 'rate', claimedAmount: '0.00' },
    });
    dispute = raised.body.id;
    expect(dispute).toBeDefined();
    await expectNothingSeen(deal.b.key);
    await expectNothingSeen(market.operatorKey);
    expect((await get(`/v1/statements/${statement.id}/credits`, deal.a.key)).text).toContain(SECRET);
    expect((await get(`/v1/agreements/${deal.code}/traffic-records`, deal.a.key)).text).toContain(CHARGED);
  });

  it('is nowhere in the errors that the counterparty makes', async () => {
    const sent = [
      hourly('r1', '05T00', 1, { revision: 1 }),
      hourly('r2', '05T01', '2000000000', { direction: 'ingress' }),
    ];
    const answer = await market.send(deal, deal.b, sent);
    expectProblem(answer, 422, 'batch_refused');
    expect(answer.text).not.toContain(SECRET);
  });

  it('is in no log', () => {
    const logged = JSON.stringify(market.logs());
    expect(logged).not.toContain(CHARGED);
    expect(logged).not.toContain(SECRET);
  });

  it('and all of the deal does not exist for a stranger', async () => {
    for (const path of windows().filter((each) =>
      [deal.code, statement.id, dispute!].some((mine) => each.includes(mine)),
    )) {
      const { status } = await get(path, stranger.key);
      expect({ path, status }).toEqual({ path, status: 404 });
    }
    for (const end of ['', '.json', '.csv', '/credits', '/credits.csv', '/restatement']) {
      const theirs = await get(`/v1/statements/${statement.id}${end}`, stranger.key);
      const nothing = await get(`/v1/statements/${deal.a.id}${end}`, stranger.key);
      expect({ ...theirs.body, request_id: '', instance: '' }).toEqual({
        ...nothing.body,
        request_id: '',
        instance: '',
      });
    }
    for (const query of [`agreement=${deal.code}`, `period=${PERIOD}`, 'state=disputed']) {
      expect((await get(`/v1/statements?${query}`, stranger.key)).body.data).toEqual([]);
    }
  });
});

describe('a party’s own records', () => {
  const records = async (query: string): Promise<string[]> =>
    (await get(`/v1/agreements/${deal.code}/traffic-records?${query}`, deal.a.key)).body.data.map(
      ({ id }: { id: string }) => id,
    );

  it('are found by time, direction, customer and id, and page by page', async () => {
    expect(await records('')).toEqual(['r1', 'r2']);
    expect(await records('direction=ingress')).toEqual(['r2']);
    expect(await records(`customer=${SECRET}&id=r1`)).toEqual(['r1']);
    expect(await records('customer=nobody')).toEqual([]);
    expect(await records(`from=${PERIOD}-05T01:00:00Z`)).toEqual(['r2']);
    expect(await records(`to=${PERIOD}-05T01:00:00Z`)).toEqual(['r1']);
    expect(await records(`from=${PERIOD}-05T00:59:59Z&to=${PERIOD}-05T01:00:01Z`)).toEqual(['r1', 'r2']);
    const first = await get(`/v1/agreements/${deal.code}/traffic-records?limit=1`, deal.a.key);
    expect(await records(`limit=1&cursor=${first.body.nextCursor}`)).toEqual(['r2']);
    const wrong = await get(`/v1/agreements/${deal.code}/traffic-records?from=today`, deal.a.key);
    expectProblem(wrong, 422, 'validation_failed');
  });
});
