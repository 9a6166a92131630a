import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { expectProblem } from '../support/api.js';
import { expectStatus, hourly, startMarket, type Deal, type Market } from '../support/market.js';

let market: Market;
beforeAll(async () => {
  market = await startMarket({ worker: true });
});
afterAll(() => market.close());

const TERMS = {
  directions: {
    aToB: {
      zeroRating: { kind: 'allowance', quantity: '100', unit: 'GB' },
      pricing: {
        model: 'graduated',
        unit: 'GB',
        tiers: [
          { upTo: '500', unitPrice: '0.02', flatFee: '10.00' },
          { upTo: null, unitPrice: '0.015' },
        ],
      },
    },
    bToA: { pricing: { model: 'linear', unit: 'GiB', unitPrice: '0.01', payer: 'receiver' } },
  },
  ratioExcess: { ratio: '2', unitPrice: '0.001', unit: 'GB' },
  commitments: [{ party: 'B', amount: '50.00' }],
};

/** A sends 400 GB in each of two hours and gets 107.374182400 GB (100 GiB) back. */
async function issued(): Promise<{ deal: Deal; statement: any }> {
  const deal = await market.deal({ terms: TERMS });
  for (const [party, out, back] of [
    [deal.a, 'egress', 'ingress'],
    [deal.b, 'ingress', 'egress'],
  ] as const) {
    await market.take(deal, party, [
      hourly('one', '05T01', '400000000000', { direction: out, customer: `secret-of-${party.code}` }),
      hourly('two', '05T02', '300000000000', { direction: out }),
      hourly('two', '05T02', '400000000000', { direction: out, revision: 1 }),
      hourly('gone', '05T03', '7', { direction: out }),
      hourly('gone', '05T03', '7', { direction: out, revision: 1, void: true }),
      hourly('back', '05T02', '107374182400', { direction: back }),
    ]);
  }
  return { deal, statement: await market.closePeriod(deal) };
}

test('every line says its term, its formula with the numbers put in, its buckets and the own records', async () => {
  const { deal, statement } = await issued();
  const explained: Record<string, any> = {};
  for (const line of statement.lines) {
    const where = `/v1/statements/${statement.id}/lines/${line.id}/explanation`;
    const { body } = expectStatus(await market.request('GET', where, { key: deal.b.key }), 200);
    expect(body.line).toEqual(line);
    expect(body.formula.at(-1)).toContain(`${line.amount} USD`);
    expect(body.term.version).toBe(1);
    explained[`${line.kind} ${line.direction} ${line.tier}`] = body;
  }
  expect(Object.keys(explained)).toEqual([
    'usage aToB 1',
    'usage aToB 2',
    'usage bToA null',
    'flat_fee aToB 1',
    'ratio_excess aToB null',
    'true_up null null',
  ]);
  expect(explained['usage aToB 2']).toMatchObject({
    term: { pointer: '/terms/directions/aToB/pricing/tiers/1', value: { upTo: null, unitPrice: '0.015' } },
    formula: [
      'settled 800000000000 B - zero-rated 100000000000 B = 700000000000 B',
      'graduated: the part in tier 2 (above 500 GB): 200000000000 B',
      '200000000000 B / 1000000000 B = 200 GB',
      '200 GB x 0.015 = 3',
      'rounded once, half away from zero: 3.00 USD',
    ],
  });
  expect(explained['ratio_excess aToB null'].formula[0]).toBe(
    'max(0, settled aToB 800000000000 B - 2 x settled bToA 107374182400 B) = 585251635200 B',
  );
  // For bToA the receiver pays, so A pays every line: B owes its whole commitment.
  expect(explained['true_up null null'].formula[0]).toBe('max(0, commitment 50.00 - (0)) = 50 USD');

  const usage = explained['usage aToB 1'];
  expect(usage.buckets.data.map(({ start, settledBytes }: any) => [start, settledBytes])).toEqual([
    ['2025-03-05T01:00:00Z', '400000000000'],
    ['2025-03-05T02:00:00Z', '400000000000'],
  ]);
  expect(usage.records.data.map(({ id, revision }: any) => [id, revision])).toEqual([
    ['one', 0],
    ['two', 1],
  ]);
  expect(usage.records.data[0]).toMatchObject({
    customer: `secret-of-${deal.b.code}`,
    batch: expect.any(String),
  });
  expect(JSON.stringify(explained)).not.toContain(`secret-of-${deal.a.code}`);
});

test('buckets and records are paged apart', async () => {
  const { deal, statement } = await issued();
  const where = `/v1/statements/${statement.id}/lines/${statement.lines[0].id}/explanation`;
  const first = expectStatus(await market.request('GET', `${where}?limit=1`, { key: deal.a.key }), 200).body;
  expect([first.buckets.data.length, first.records.data.length]).toEqual([1, 1]);
  const query = `limit=1&bucketCursor=${first.buckets.nextCursor}&recordCursor=${first.records.nextCursor}`;
  const second = expectStatus(
    await market.request('GET', `${where}?${query}`, { key: deal.a.key }),
    200,
  ).body;
  expect(second.buckets).toMatchObject({ data: [{ start: '2025-03-05T02:00:00Z' }], nextCursor: null });
  expect(second.records).toMatchObject({ data: [{ id: 'two', revision: 1 }], nextCursor: null });
});

test('the operator sees no records, a stranger nothing, and a made-up line is not found', async () => {
  const { deal, statement } = await issued();
  const other = await market.deal();
  const where = `/v1/statements/${statement.id}/lines/${statement.lines[0].id}/explanation`;
  const byOperator = expectStatus(await market.request('GET', where, { key: market.operatorKey }), 200);
  expect(byOperator.body.records).toBeNull();
  expectProblem(await market.request('GET', where, { key: other.a.key }), 404, 'statement_not_found');
  const made = `/v1/statements/${statement.id}/lines/${statement.id}/explanation`;
  expectProblem(await market.request('GET', made, { key: deal.a.key }), 404, 'line_not_found');
});
