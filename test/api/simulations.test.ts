import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { expectProblem, type TestAnswer } from '../support/api.js';
import { expectStatus, hourly, PERIOD, startMarket, type Deal, type Market } from '../support/market.js';

let market: Market;
beforeAll(async () => {
  market = await startMarket({ worker: true });
});
afterAll(() => market.close());

const linear = (unitPrice: string): object => ({
  directions: { aToB: { pricing: { model: 'linear', unit: 'GB', unitPrice } }, bToA: {} },
});
const both = (id: string, at: string, bytes: string): [object, object] => [
  hourly(id, at, bytes),
  hourly(id, at, bytes, { direction: 'ingress' }),
];

async function settled(terms: object): Promise<Deal> {
  const deal = await market.deal({ terms });
  const [sent, received] = both('one', '05T01', '1000000000000');
  await market.take(deal, deal.a, [sent]);
  await market.take(deal, deal.b, [received]);
  return deal;
}

async function simulate(deal: Deal, terms: object, periods: string[] = [PERIOD]): Promise<TestAnswer> {
  return market.request('POST', `/v1/agreements/${deal.code}/simulations`, {
    key: deal.b.key,
    body: { terms, periods },
    headers: { 'Idempotency-Key': '' },
  });
}

test('prices an issued period under other terms, and posts nothing', async () => {
  const deal = await settled(linear('0.02'));
  const statement = await market.closePeriod(deal);
  const rows = async (): Promise<unknown> =>
    market.database.query(
      `SELECT (SELECT count(*) FROM ledger_entries) entries, (SELECT count(*) FROM statements) statements`,
    );
  const before = await rows();

  const answer = expectStatus(await simulate(deal, linear('0.015')), 200);
  expect(answer.body.periods).toEqual([
    expect.objectContaining({
      period: PERIOD,
      statement: { id: statement.id, number: statement.number },
      settledBytes: { aToB: '1000000000000', bToA: '0' },
      actual: expect.objectContaining({
        payableByA: '20.00',
        net: { amount: '20.00', payer: deal.a.code, payee: deal.b.code },
      }),
      simulated: expect.objectContaining({ payableByA: '15.00' }),
      difference: {
        zeroRatedBytes: { aToB: '0', bToA: '0' },
        payableByA: '-5.00',
        payableByB: '0.00',
        net: '-5.00',
      },
    }),
  ]);
  expect(answer.body.periods[0].simulated.lines).toEqual([
    expect.objectContaining({ kind: 'usage', version: null, unitPrice: '0.015', amount: '15.00' }),
  ]);
  expect(await rows()).toEqual(before);
});

test('of an open period it simulates what there is so far', async () => {
  const deal = await settled(linear('0.02'));
  const allowance = {
    directions: { aToB: { zeroRating: { kind: 'allowance', quantity: '400', unit: 'GB' } } },
  };
  const answer = expectStatus(await simulate(deal, allowance), 200);
  expect(answer.body.periods[0]).toMatchObject({
    statement: null,
    simulated: { payableByA: '0.00', zeroRatedBytes: { aToB: '400000000000', bToA: '0' } },
    difference: { payableByA: '-20.00', zeroRatedBytes: { aToB: '400000000000' } },
  });
});

test('refuses what the settled buckets cannot tell, and what makes no sense, with the place', async () => {
  const deal = await settled(linear('0.02'));
  const percentile = {
    ...linear('0.02'),
    reconciliation: { bucket: '5min' },
    percentile: { basis: 'aToB', commitMbps: '1', commitPrice: '1', overagePrice: '1', payer: 'A' },
  };
  const cannot = await simulate(deal, percentile);
  expectProblem(cannot, 422, 'cannot_simulate');
  expect(cannot.body.errors[0].pointer).toBe('/terms/percentile');

  const senseless = await simulate(deal, {
    ...linear('0.02'),
    ratioExcess: { ratio: '0', unitPrice: '1', unit: 'GB' },
  });
  expectProblem(senseless, 422, 'invalid_terms');
  expectProblem(await simulate(deal, linear('0.02'), []), 422, 'validation_failed');
  expectProblem(await simulate(deal, linear('0.02'), [PERIOD, PERIOD]), 422, 'validation_failed');
  expectProblem(await simulate(deal, linear('0.02'), ['2020-01']), 409, 'agreement_not_in_force');
});

test('is for the parties alone', async () => {
  const [deal, other] = [await settled(linear('0.02')), await market.deal()];
  const answer = await market.request('POST', `/v1/agreements/${deal.code}/simulations`, {
    key: other.a.key,
    body: { terms: linear('0.01'), periods: [PERIOD] },
  });
  expectProblem(answer, 404, 'unknown_agreement');
});
