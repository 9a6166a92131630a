import { expectProblem } from '../support/api.js';
import { recomputedSums, storedSums } from '../database/usage-oracle.js';
import { expectStatus, hourly, PERIOD, startMarket, type Deal, type Market } from '../support/market.js';

let market: Market;
beforeAll(async () => {
  market = await startMarket({ worker: true });
});
afterAll(() => market?.close());

const TERMS = {
  backBillingMonths: 120,
  reconciliation: { scope: ['service'], scopeValues: { service: ['video'] } },
  directions: { aToB: { zeroRating: { kind: 'all', services: ['video'] } }, bToA: {} },
};

const video = (id: string, at: string, bytes: number, more = {}) =>
  hourly(id, at, bytes, { service: 'video', customer: 'c1', ...more });

const senderBytes = async (deal: Deal): Promise<string> => {
  const path = `/v1/agreements/${deal.code}/periods/${PERIOD}/reconciliation`;
  return (await market.request('GET', path, { key: deal.a.key })).body.directions.aToB.senderBytes;
};

describe('an issued period within its back-billing time', () => {
  it('takes records, revisions and voids, and keeps its sums', async () => {
    const deal = await market.deal({ terms: TERMS });
    await market.take(deal, deal.a, [video('r1', '05T00', 5), video('r2', '05T01', 6)]);
    await market.closePeriod(deal);
    const april = { start: '2025-04-01T00:00:00Z', end: '2025-04-01T01:00:00Z' };
    await market.take(deal, deal.a, [
      video('r3', '05T00', 1),
      video('r1', '05T00', 9, { revision: 2 }),
      { ...video('over', '05T00', 4), start: '2025-03-31T23:30:00Z', end: '2025-04-01T00:30:00Z' },
      { ...video('out', '05T00', 70), ...april },
      video('out', '06T00', 80, { revision: 1 }),
      video('r2', '05T01', 6, { revision: 1, void: true }),
    ]);
    expect(await senderBytes(deal)).toBe(String(1 + 9 + 2 + 80));
    const lower = await market.take(deal, deal.a, [video('r1', '05T00', 7, { revision: 1 })]);
    expect(lower.body.counts).toMatchObject({ superseded: 1 });
    expect(await senderBytes(deal)).toBe(String(1 + 9 + 2 + 80));
    const sums = await storedSums(market.database, deal.code);
    expect(sums).toEqual(await recomputedSums(market.database, deal.code));
  });

  it('takes a batch whose period is issued while it is sent', async () => {
    const deal = await market.deal({ terms: TERMS });
    await Promise.all([
      market.closePeriod(deal),
      ...Array.from({ length: 20 }, (_, n) => market.take(deal, deal.a, [video(`r${n}`, '05T00', 1)])),
    ]);
    expect(await senderBytes(deal)).toBe('20');
  });

  it('gets a price for what had none, and for nothing else', async () => {
    const deal = await market.deal({ terms: TERMS });
    await market.take(deal, deal.a, [video('r1', '05T00', 5)]);
    await market.closePeriod(deal);
    const egress = { side: 'egress', unit: 'GB', unitPrice: '0.2' } as const;
    const from = (date: string) => ({ ...egress, from: `${date}T00:00:00Z` });
    expectProblem(await market.addPrices(deal.a, [from('2025-03-10')]), 409, 'price_in_closed_period');
    expectStatus(await market.addPrices(deal.a, [from('2025-03-01')]), 201);
    expectProblem(
      await market.addPrices(deal.a, [{ ...from('2025-02-01'), region: 'eu-1' }]),
      409,
      'price_in_closed_period',
    );
    const sums = await storedSums(market.database, deal.code);
    expect(sums).toEqual(await recomputedSums(market.database, deal.code));
    expect(Object.keys(sums.customers)).toEqual([expect.stringContaining('|0.2|')]);
  });
});

describe('an issued period whose back-billing time is over', () => {
  it('still keeps a lower revision, which changes nothing', async () => {
    const deal = await market.deal({ terms: { ...TERMS, backBillingMonths: 6 } });
    await market.take(deal, deal.a, [video('r1', '05T00', 5, { revision: 2 })]);
    await market.closePeriod(deal);
    const lower = await market.take(deal, deal.a, [video('r1', '05T00', 7, { revision: 1 })]);
    expect(lower.body.counts).toMatchObject({ superseded: 1 });
    const refused = await market.send(deal, deal.a, [video('r2', '05T00', 7)]);
    expect(refused.body.errors).toMatchObject([{ code: 'period_closed', pointer: '/records/0/start' }]);
    expect(await senderBytes(deal)).toBe('5');
  });
});
