import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { expectProblem } from '../support/api.js';
import { hourly, PERIOD, startMarket, type Deal, type Market } from '../support/market.js';

const SECRET = 'customer-of-alpha';
const CHARGED = '0.198765';

let market: Market;
let deal: Deal;
let statement: { id: string };
let batch: string;
let dispute: string | undefined;
let entry: string | undefined;
let job: string | undefined;
let lineId: string | undefined;
let payment: string | undefined;

beforeAll(async () => {
  market = await startMarket({ worker: true });
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

/** What stands for each parameter of a path; undefined while there is none. */
function standIns(template: string): Record<string, string | number | undefined> {
  const ofId = template.includes('/batches/') ? batch : template.includes('/jobs/') ? job : undefined;
  return {
    agreement: deal.code,
    code: 'statement_not_found',
    dispute,
    entry,
    id: ofId,
    line: lineId,
    number: statement && 1,
    payment,
    period: PERIOD,
    provider: deal.a.code,
    statement: statement?.id,
    version: 1,
  };
}

/** Every route that can be read, as `openapi.yaml` has them, with the deal's own things in its path. */
function windows(): string[] {
  const { paths } = parse(readFileSync('openapi.yaml', 'utf8')) as {
    paths: Record<string, { get?: object }>;
  };
  const read = Object.keys(paths).filter((template) => paths[template]!.get);
  const filled = read.flatMap((template) => {
    const values = standIns(template);
    const names = [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    expect(Object.keys(values)).toEqual(expect.arrayContaining(names));
    if (names.some((name) => values[name] === undefined)) return [];
    return [template.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name]))];
  });
  const records = `/v1/agreements/${deal.code}/traffic-records`;
  return [...filled, `${records}?customer=${SECRET}`, `${records}?id=r1`];
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
    entry = (await get('/v1/ledger/entries', deal.a.key)).body.data[0].id;
    const [line] = (await get(`/v1/statements/${statement.id}`, deal.a.key)).body.lines;
    const raised = await market.request('POST', '/v1/disputes', {
      key: deal.a.key,
      body: { statement: statement.id, line: line.id, reason: 'rate', claimedAmount: '0.00' },
    });
    dispute = raised.body.id;
    lineId = line.id;
    const verified = await market.request('POST', `/v1/statements/${statement.id}/verify`, {
      key: deal.a.key,
    });
    job = verified.body.id;
    await market.job(job!);
    const paid = await market.request('POST', '/v1/payments', {
      key: deal.a.key,
      body: {
        agreement: deal.code,
        payer: deal.a.code,
        amount: '1.00',
        currency: 'USD',
        paidAt: '2025-06-01T00:00:00Z',
        reference: 'wire 1',
      },
    });
    payment = paid.body.id;
    // Nothing is left to be put into a path: every route is looked through.
    expect(Object.entries({ dispute, lineId, job, payment }).filter(([, id]) => id === undefined)).toEqual(
      [],
    );
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
