import { parse } from 'csv-parse/sync';
import { expectProblem } from '../support/api.js';
import { expectStatus, hourly, PERIOD, startMarket, type Deal, type Market } from '../support/market.js';

let market: Market;
let deal: Deal;
beforeAll(async () => {
  market = await startMarket();
  deal = await market.deal({
    terms: {
      reconciliation: {
        scope: ['sourceRegion'],
        scopeValues: { sourceRegion: ['eu-1', '=1+1'] },
        oneSided: 'hold',
        ppm: 0,
      },
      directions: { aToB: { pricing: { model: 'linear', unit: 'GB', unitPrice: '2' } }, bToA: {} },
    },
  });
  const of = (id: string, at: string, gb: number, more: object = {}) =>
    hourly(id, at, String(BigInt(gb) * 10n ** 9n), { sourceRegion: 'eu-1', ...more });
  const ingress = { direction: 'ingress' } as const;
  await market.take(deal, deal.a, [
    of('same', '05T00', 5),
    of('small', '05T01', 5),
    of('large', '05T02', 90),
    of('alone', '05T03', 20),
    of('tie', '05T04', 20, { sourceRegion: '=1+1' }),
    of('back', '05T05', 20, ingress),
  ]);
  await market.take(deal, deal.b, [
    of('same', '05T00', 5, ingress),
    of('small', '05T01', 4, ingress),
    of('large', '05T02', 50, ingress),
  ]);
});
afterAll(() => market?.close());

const base = (): string => `/v1/agreements/${deal.code}/periods/${PERIOD}/reconciliation`;
const list = async (query = ''): Promise<any> =>
  expectStatus(await market.request('GET', `${base()}/discrepancies${query}`, { key: deal.b.key }), 200).body;
const shown = ({ start, discrepancyBytes, amountAtStake, status }: any): unknown[] => [
  start.slice(11, 13),
  Number(BigInt(discrepancyBytes) / 10n ** 9n),
  amountAtStake,
  status,
];

const ALL = [
  ['02', 40, '80.00', 'mismatch'],
  ['03', 20, '40.00', 'missing_receiver'],
  ['04', 20, '40.00', 'missing_receiver'],
  ['01', 1, '2.00', 'mismatch'],
  // Nobody pays for that direction.
  ['05', 20, '0.00', 'missing_sender'],
];
const BY_BYTES = [0, 1, 2, 4, 3].map((at) => ALL[at]!);

it('are listed while the period is open, most money at stake first, or most bytes', async () => {
  const { data, nextCursor } = await list();
  expect(data.map(shown)).toEqual(ALL);
  expect(nextCursor).toBeNull();
  expect(data[0]).toMatchObject({ scope: { sourceRegion: 'eu-1' }, currency: 'USD' });
  expect((await list('?sort=bytes')).data.map(shown)).toEqual(BY_BYTES);
  const wrong = await market.request('GET', `${base()}/discrepancies?sort=size`, { key: deal.b.key });
  expectProblem(wrong, 422, 'validation_failed');
});

it('page by page', async () => {
  for (const [sort, all] of [
    ['money', ALL],
    ['bytes', BY_BYTES],
  ] as const) {
    const rows: unknown[] = [];
    for (let query = `?sort=${sort}&limit=2`; query;) {
      const { data, nextCursor } = await list(query);
      rows.push(...data.map(shown));
      query = nextCursor === null ? '' : `?sort=${sort}&limit=2&cursor=${nextCursor}`;
    }
    expect(rows).toEqual(all);
  }
  const made = (key: unknown[]): string => Buffer.from(JSON.stringify(key)).toString('base64url');
  for (const key of [
    ['x', '1', 'aToB', 0, '', '', ''],
    ['1', '', 'aToB', 0, '', '', ''],
    ['', '1', 'aToB', 9e15, '', '', ''],
    ['1', '1', 'aToB', 0, '\0', '', ''],
  ]) {
    const wrong = await market.request('GET', `${base()}/discrepancies?cursor=${made(key)}`, {
      key: deal.b.key,
    });
    expectProblem(wrong, 400, 'invalid_cursor');
  }
});

it('as CSV, which no spreadsheet takes for formulas', async () => {
  const answer = expectStatus(
    await market.request('GET', `${base()}/discrepancies.csv`, { key: deal.a.key }),
    200,
  );
  expect(answer.headers.get('content-type')).toContain('text/csv');
  const rows = parse<any>(answer.text, { columns: true });
  expect(rows.map(shown)).toEqual(ALL);
  expect(rows[2]).toMatchObject({ sourceRegion: "'=1+1", receiverBytes: '', currency: 'USD' });
});

it('and so are all buckets, or those of a status', async () => {
  const csv = async (query: string): Promise<any[]> =>
    parse<any>(
      expectStatus(await market.request('GET', `${base()}/buckets.csv${query}`, { key: deal.a.key }), 200)
        .text,
      { columns: true },
    );
  expect((await csv('')).map(({ status }) => status)).toEqual([
    'exact',
    'mismatch',
    'mismatch',
    'missing_receiver',
    'missing_receiver',
    'missing_sender',
  ]);
  expect(await csv('?status=exact')).toMatchObject([{ settledBytes: '5000000000', agreedBytes: '' }]);
  const wrong = await market.request('GET', `${base()}/buckets.csv?status=odd`, { key: deal.a.key });
  expectProblem(wrong, 422, 'validation_failed');
});
