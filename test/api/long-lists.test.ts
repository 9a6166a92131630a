import { startMarket, type Market } from '../support/market.js';

let market: Market;

beforeAll(async () => {
  market = await startMarket();
});

afterAll(() => market.close());

/** Nobody else is answered while a list is looked through; pairs of this many would take half a minute. */
const LONG = 100_000;
const LOOKED_THROUGH_MS = 5_000;

it('of members that must differ is refused at once', async () => {
  const deal = await market.deal();
  const started_ms = performance.now();
  const answer = await market.request('POST', '/v1/payments', {
    key: deal.a.key,
    body: {
      ...{ agreement: deal.code, payer: deal.a.code, amount: '1.00', currency: 'USD' },
      ...{ paidAt: '2025-05-01T00:00:00Z', reference: 'wire' },
      statements: Array.from({ length: LONG }, (_, index) => `${index}`),
    },
  });
  expect(answer.body).toMatchObject({
    status: 422,
    errors: [{ pointer: '/statements', detail: 'statements must be a list of at most 100 statement ids.' }],
  });
  expect(performance.now() - started_ms).toBeLessThan(LOOKED_THROUGH_MS);
});
