import { readDocument, routesOf } from '../support/contract.js';
import { PERIOD, startMarket, type Deal, type Market } from '../support/market.js';

const ID = '019a7d3c-5e80-7000-8000-000000000001';
const BUCKET = ['aToB', Date.UTC(2025, 2, 5), '', '', ''];

/** What each list sorts by, as its cursors hold it. A new list gets a row. */
const KEYS: Record<string, (string | number)[]> = {
  listAgreements: [ID],
  listBatches: [ID],
  listLedgerHeads: [1],
  listBuckets: BUCKET,
  listDiscrepancies: ['12', '100', ...BUCKET],
  listTrafficRecords: ['2025-03-05T00:00:00Z', 'r1', 1],
  listVersions: [1],
  listAuditEvents: [Date.UTC(2025, 2, 5), ID],
  downloadAuditEventsCsv: [Date.UTC(2025, 2, 5), ID],
  listBalances: ['alpha', 'USD'],
  listDisputes: [ID],
  listLedgerAccounts: [ID],
  downloadLedgerAccountsCsv: [ID],
  listLedgerEntries: [Date.UTC(2025, 2, 5), ID, 1, 1],
  downloadLedgerEntriesCsv: [Date.UTC(2025, 2, 5), ID, 1, 1],
  listPayments: [ID],
  listProviders: [ID],
  listApiKeys: [ID],
  listCustomerKeys: [1],
  listListPrices: [ID],
  listStatements: [ID],
  listCredits: [1],
};

/** What no cursor of ours would hold, and what is at an edge of what PostgreSQL takes. */
const ODD = [
  ...[-1, 0.5, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1, 1e300, 8.64e15, -8.64e15, 253_402_300_800_000],
  ...['', 'a\0b', '\ud800', 'x'.repeat(200), '9'.repeat(41), `${ID}0`, '+275760-09-13T00:00:00Z'],
];

const routes = routesOf(readDocument()).filter(({ operation }) =>
  operation.parameters?.some(({ name }) => name === 'cursor'),
);

let market: Market;
let deal: Deal;
let names: Record<string, string>;

beforeAll(async () => {
  market = await startMarket({ worker: true });
  deal = await market.deal();
  const hour = { start: `${PERIOD}-05T00:00:00Z`, end: `${PERIOD}-05T01:00:00Z` };
  await market.take(deal, deal.a, [{ id: 'r1', direction: 'egress', ...hour, bytes: '1000' }]);
  await market.take(deal, deal.b, [{ id: 'r1', direction: 'ingress', ...hour, bytes: '900' }]);
  const { id: statement } = await market.closePeriod(deal);
  names = { agreement: deal.code, period: PERIOD, provider: deal.a.code, statement };
});
afterAll(() => market.close());

async function list(path: string, key: readonly unknown[]): Promise<{ status: number; code?: string }> {
  const where = path.replace(/\{(\w+)\}/g, (_, name: string) => names[name]!);
  const cursor = Buffer.from(JSON.stringify(key)).toString('base64url');
  const answer = await market.request('GET', `${where}?cursor=${cursor}`, { key: deal.a.key });
  return { status: answer.status, code: answer.body?.code };
}

test('every list has a row', () => {
  expect(Object.keys(KEYS).sort()).toEqual(routes.map(({ operation }) => operation.operationId).sort());
});

test.each(routes.map((route) => [route.operation.operationId, route.path]))(
  '%s takes a cursor of its own, and refuses or survives what is made up',
  async (operation, path) => {
    const key = KEYS[operation]!;
    expect(await list(path, key)).toMatchObject({ status: 200 });
    for (const [at] of key.entries()) {
      for (const odd of ODD) {
        const answer = await list(path, key.with(at, odd));
        if (answer.status !== 200)
          expect({ at, odd, ...answer }).toEqual({ at, odd, status: 400, code: 'invalid_cursor' });
      }
    }
    for (const made of [[], [...key, 1], [null], [[]]])
      expect(await list(path, made)).toEqual({ status: 400, code: 'invalid_cursor' });
  },
);
