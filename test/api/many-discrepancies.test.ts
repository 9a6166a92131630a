import { parse } from 'csv-parse/sync';
import { Database, type Queryable, type Tenant } from '../../src/platform/database/index.js';
import { listDiscrepancies } from '../../src/reconciliation/sql/list-discrepancies.js';
import { RANKED_MAX } from '../../src/settlement/discrepancies.service.js';
import { expectStatus, PERIOD, startMarket, type Deal, type Market, type Sent } from '../support/market.js';

/* More discrepancies than are ranked by money: the rest comes after them, by bytes. */

const REGIONS = Array.from({ length: 25 }, (_, n) => `region-${n}`);
const HOURS = 500;
const DISCREPANCIES = REGIONS.length * HOURS * 2;
const PAGE = 1000;

let market: Market;
let deal: Deal;

beforeAll(async () => {
  market = await startMarket();
  deal = await market.deal({
    terms: {
      reconciliation: {
        scope: ['sourceRegion'],
        scopeValues: { sourceRegion: REGIONS },
        oneSided: 'hold',
        ppm: 0,
      },
      // So what has the most bytes has not the most money.
      directions: {
        aToB: { pricing: { model: 'linear', unit: 'GB', unitPrice: '2' } },
        bToA: { pricing: { model: 'linear', unit: 'GB', unitPrice: '3' } },
      },
    },
  });
  await market.take(deal, deal.a, reportsOf('egress', 'ingress'), { as: 'ndjson' });
  await market.take(deal, deal.b, reportsOf('ingress', 'egress'), { as: 'ndjson' });
  await market.database.query('ANALYZE usage_buckets');
});

afterAll(() => market.close());

/** What a party reports of both directions; the other reports less by sizes of which many are alike. */
function reportsOf(aToB: Sent['direction'], bToA: Sent['direction']): Sent[] {
  const lowered = aToB === 'ingress';
  const records: Sent[] = [];
  for (const [n, sourceRegion] of REGIONS.entries()) {
    for (let hour = 0; hour < HOURS; hour += 1) {
      const start = Date.UTC(2025, 2, 2, hour);
      const less = lowered ? 1_000_000 * (1 + ((n * HOURS + hour * 7) % 4_999)) : 0;
      for (const direction of [aToB, bToA])
        records.push({
          id: `${direction}-${n}-${hour}`,
          direction,
          start: new Date(start).toISOString(),
          end: new Date(start + 3_600_000).toISOString(),
          bytes: String(10_000_000_000 - less),
          sourceRegion,
        });
    }
  }
  return records;
}

interface Row {
  key: string;
  bytes: bigint;
  cents: bigint;
}

const rowOf = (row: any): Row => ({
  key: `${row.direction} ${row.start} ${row.scope?.sourceRegion ?? row.sourceRegion}`,
  bytes: BigInt(row.discrepancyBytes),
  cents: BigInt(row.amountAtStake.replace('.', '')),
});

const path = (end: string): string => `/v1/agreements/${deal.code}/periods/${PERIOD}/reconciliation/${end}`;

async function allPages(): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor = ''; ;) {
    const query = `?limit=${PAGE}${cursor && `&cursor=${cursor}`}`;
    const answer = await market.request('GET', path(`discrepancies${query}`), { key: deal.a.key });
    const { data, nextCursor } = expectStatus(answer, 200).body;
    rows.push(...data.map(rowOf));
    if (nextCursor === null) return rows;
    cursor = nextCursor;
  }
}

async function csv(sort: string): Promise<Row[]> {
  const answer = await market.request('GET', path(`discrepancies.csv?sort=${sort}`), { key: deal.b.key });
  return parse<any>(expectStatus(answer, 200).text, { columns: true }).map(rowOf);
}

/** Whether a figure never rises from one row to the next. */
const falls = (figures: readonly bigint[]): boolean =>
  figures.every((figure, at) => at === 0 || figure <= figures[at - 1]!);

it('all are listed once, in one order, page by page and as CSV', async () => {
  const rows = await allPages();
  expect(rows).toHaveLength(DISCREPANCIES);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(DISCREPANCIES);
  const ranked = rows.slice(0, RANKED_MAX);
  expect(falls(ranked.map(({ cents }) => cents))).toBe(true);
  // The rest are no larger than any of those that are ranked.
  const most = ranked.map(({ bytes }) => bytes).sort((a, b) => (a < b ? 1 : -1));
  const rest = rows.slice(RANKED_MAX).map(({ bytes }) => bytes);
  expect(falls([...most, ...rest])).toBe(true);
  expect(await csv('money')).toEqual(rows);
});

it('all are in the CSV by bytes, too', async () => {
  const rows = await csv('bytes');
  expect(new Set(rows.map(({ key }) => key)).size).toBe(DISCREPANCIES);
  expect(falls(rows.map(({ bytes }) => bytes))).toBe(true);
});

it('a page is read in the order of the index', async () => {
  const { a, b, code } = deal;
  const sql = 'SELECT id FROM agreements WHERE code = $1';
  const id = (await market.database.query<{ id: string }>(sql, [code]))[0]!.id;
  const tenant: Tenant = { kind: 'agreement', agreementId: id, partyIds: [a.id, b.id] };
  const plan: string[] = [];
  const explaining: Queryable = {
    query: async <Line>(text: string, values?: readonly unknown[]) => {
      const lines = await market
        .get(Database)
        .transactionFor(tenant, (tx) => tx.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, values));
      plan.push(...lines.map((line) => line['QUERY PLAN']));
      return [] as Line[];
    },
  };
  await listDiscrepancies(
    explaining,
    { agreementId: id, period: PERIOD },
    ['1000000000', 'aToB', Date.UTC(2025, 2, 5), 'region-3', '', ''],
    PAGE,
  );
  // The sizes stand in the index; no more than those alike are sorted.
  expect(plan.join('\n')).toMatch(
    /Presorted Key: discrepancy_bytes\n.*Index Scan Backward using usage_buckets_by_discrepancy /,
  );
});
