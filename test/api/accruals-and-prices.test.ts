import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { expectStatus, hourly, startMarket, type Market, type Party } from '../support/market.js';

let market: Market;
beforeAll(async () => {
  market = await startMarket({ worker: true });
});
afterAll(() => market.close());

const PRICED = {
  directions: { aToB: { pricing: { model: 'linear', unit: 'GB', unitPrice: '1' } }, bToA: {} },
};

async function balance(party: Party): Promise<any> {
  return expectStatus(await market.request('GET', '/v1/balances', { key: party.key }), 200).body.data[0];
}

test('what is not billed yet follows the reports, is the same from both sides, and becomes a balance at issue', async () => {
  const deal = await market.deal({ terms: PRICED });
  const other = await market.deal({ terms: PRICED });
  await market.take(deal, deal.a, [hourly('one', '05T01', '2500000000')]);
  expect(await balance(deal.a)).toMatchObject({ counterparty: deal.b.code, net: '0.00', unbilled: '-2.50' });
  expect(await balance(deal.b)).toMatchObject({ counterparty: deal.a.code, net: '0.00', unbilled: '2.50' });

  await market.take(deal, deal.a, [hourly('one', '05T01', '4000000000', { revision: 1 })]);
  expect(await balance(deal.b)).toMatchObject({ unbilled: '4.00' });
  await market.agree(deal, { directions: { aToB: { zeroRating: { kind: 'all' } }, bToA: {} } }, '2025-04');
  expect(await balance(deal.b)).toMatchObject({ unbilled: '4.00' });

  await market.closePeriod(deal);
  expect(await balance(deal.a)).toMatchObject({ payable: '4.00', net: '-4.00', unbilled: '0.00' });
  expect(await balance(deal.b)).toMatchObject({ receivable: '4.00', net: '4.00', unbilled: '0.00' });
  expect(JSON.stringify(await balance(other.a))).not.toContain(deal.b.code);
});

test('a price may reach back to the beginning of time, in any zone', async () => {
  const deal = await market.deal({ timezone: 'America/New_York' });
  const price = { side: 'egress', unit: 'GB', unitPrice: '0.22', from: '1970-01-01T00:00:00Z' } as const;
  expectStatus(await market.addPrices(deal.a, [price]), 201);
});
