import { expectStatus, hourly, PERIOD, startMarket, type Deal, type Market } from '../support/market.js';
import { stepped } from './disputes-support.js';

/*
 * One story with everything that a statement counts: late records, a price that came late, credits, payments, and
 * disputes about money and about bytes. Each test changes one stored figure as the database's owner, finds the
 * verification failing where that is, and puts it back.
 */

const GB = 10n ** 9n;
const APRIL = '2025-04';
const TERMS = {
  backBillingMonths: 120,
  netting: false,
  reconciliation: { ppm: 0, mismatchRule: 'higher' },
  directions: {
    aToB: {
      zeroRating: { kind: 'allowance', quantity: '30', unit: 'GB' },
      pricing: { model: 'linear', unit: 'GB', unitPrice: '1.00' },
    },
    bToA: {},
  },
};

let market: Market;
let deal: Deal;
let march: any;
let april: any;
let disputeId: string;
let paymentId: string;

beforeAll(async () => {
  market = await startMarket({ worker: true });
  deal = await market.deal({ terms: TERMS });
  await send('r1', '05T00', 100n, 90n);
  await send('r2', '05T01', 50n, 50n);
  march = await market.closePeriod(deal);
  const { a, b } = deal;
  const prices = [{ side: 'egress' as const, unit: 'GB', unitPrice: '0.20', from: '2025-01-01T00:00:00Z' }];
  expectStatus(await market.addPrices(a, prices), 201);
  paymentId = await pay('40.00');
  const bucket = { direction: 'aToB', start: `${PERIOD}-05T00:00:00Z`, scope: {} };
  const about = {
    agreement: deal.code,
    period: PERIOD,
    bucket,
    reason: 'volume',
    claimedBytes: String(90n * GB),
  };
  disputeId = expectStatus(await market.request('POST', '/v1/disputes', { key: a.key, body: about }), 201)
    .body.id;
  const resolution = { kind: 'bytes', buckets: [{ ...bucket, bytes: String(95n * GB) }] };
  await stepped(market, disputeId, 'propose', b, {
    body: { resolution, evidence: { text: 'We counted less.', buckets: [bucket] } },
  });
  await stepped(market, disputeId, 'consent', a);
  await send('r3', '05T02', 7n, 7n);
  const line = march.lines[0].id;
  const more = { statement: march.id, line, reason: 'rate', claimedAmount: '100.00' };
  expectStatus(await market.request('POST', '/v1/disputes', { key: a.key, body: more }), 201);
  april = await market.closePeriod(deal, APRIL);
  // What happens afterwards changes nothing of it.
  await pay('1.00');
  await send('r4', '05T03', 9n, 9n);
  expectStatus(await market.request('POST', `/v1/payments/${paymentId}/reverse`, { key: b.key }), 200);
});

afterAll(() => market?.close());

async function send(id: string, at: string, sent: bigint, received: bigint): Promise<void> {
  const { a, b } = deal;
  await market.take(deal, a, [hourly(id, at, String(sent * GB), { customer: 'acme' })]);
  await market.take(deal, b, [
    hourly(id, at, String(received * GB), { direction: 'ingress', customer: 'bolt' }),
  ]);
}

async function pay(amount: string): Promise<string> {
  const { a, b, code: agreement } = deal;
  const paidAt = '2025-04-20T00:00:00Z';
  const body = { agreement, payer: a.code, amount, currency: 'USD', paidAt, reference: 'wire' };
  const { id } = expectStatus(await market.request('POST', '/v1/payments', { key: a.key, body }), 201).body;
  expectStatus(await market.request('POST', `/v1/payments/${id}/confirm`, { key: b.key }), 200);
  return id;
}

async function verify({ id }: { id: string }, key = deal.a.key): Promise<any> {
  const asked = await market.request('POST', `/v1/statements/${id}/verify`, { key });
  const job = await market.job(expectStatus(asked, 202).body.id);
  if (job.state !== 'completed') throw new Error(JSON.stringify(job));
  return job.result;
}

const sql = (text: string): Promise<unknown> => market.database.query(text);

/** Changes what is stored, verifies April, and puts it back. */
async function tampered(change: string, back: string): Promise<any> {
  await sql(change);
  try {
    return await verify(april);
  } finally {
    await sql(back);
  }
}

const pointersOf = (differences: readonly { pointer: string }[]): string[] =>
  differences.map(({ pointer }) => pointer);

it('holds for what nobody touched, and hides each party’s credits from the other', async () => {
  for (const statement of [march, april]) {
    for (const [viewer, own] of [
      [deal.a, [true, false]],
      [deal.b, [false, true]],
      [{ key: market.operatorKey }, [false, false]],
    ] as const) {
      const found = await verify(statement, viewer.key);
      expect(found).toMatchObject({ matches: true, differences: [], history: [] });
      expect(found.credits.map(({ provider, matches }: any) => [provider, matches])).toEqual([
        [deal.a.code, true],
        [deal.b.code, true],
      ]);
      expect(found.credits.map((each: any) => 'differences' in each)).toEqual(own);
    }
  }
  expect(april).toMatchObject({ paymentsSince: '40.00', openDisputes: [{ reason: 'rate' }] });
  expect(april.lines.map(({ cause }: any) => cause)).toEqual(['late', 'dispute']);
});

it.each([
  [
    'a payment’s amount',
    () => `UPDATE payments SET amount = amount + 100 WHERE id = '${paymentId}'`,
    () => `UPDATE payments SET amount = amount - 100 WHERE id = '${paymentId}'`,
    ['/paymentsSince', '/closingBalance'],
    () => [`/payments/${paymentId}/payment/paidByA`],
  ],
  [
    'a payment’s date',
    () => `UPDATE payments SET paid_at = paid_at + interval '1 day' WHERE id = '${paymentId}'`,
    () => `UPDATE payments SET paid_at = paid_at - interval '1 day' WHERE id = '${paymentId}'`,
    [],
    () => [`/payments/${paymentId}/payment/effectiveAt`],
  ],
  [
    'where a step of a dispute led',
    () =>
      `UPDATE dispute_steps SET to_state = 'withdrawn' WHERE dispute_id = '${disputeId}' AND kind = 'consent'`,
    () =>
      `UPDATE dispute_steps SET to_state = 'resolved' WHERE dispute_id = '${disputeId}' AND kind = 'consent'`,
    [],
    () => [`/disputes/${disputeId}/steps/3/toState`, `/disputes/${disputeId}/steps/3/sha256`],
  ],
  [
    'what a party submitted with a step of a dispute',
    () =>
      `UPDATE dispute_steps SET evidence = jsonb_set(evidence, '{text}', '"We counted more."')
        WHERE dispute_id = '${disputeId}' AND kind = 'propose'`,
    () =>
      `UPDATE dispute_steps SET evidence = jsonb_set(evidence, '{text}', '"We counted less."')
        WHERE dispute_id = '${disputeId}' AND kind = 'propose'`,
    [],
    () => [`/disputes/${disputeId}/steps/2/sha256`],
  ],
  [
    'when a step of a dispute was taken',
    () =>
      `UPDATE dispute_steps SET taken_at = taken_at - interval '1 day'
        WHERE dispute_id = '${disputeId}' AND kind = 'propose'`,
    () =>
      `UPDATE dispute_steps SET taken_at = taken_at + interval '1 day'
        WHERE dispute_id = '${disputeId}' AND kind = 'propose'`,
    [],
    () => [`/disputes/${disputeId}/steps/2/sha256`],
  ],
  [
    'what a step of a dispute withheld',
    () =>
      `UPDATE dispute_steps SET withheld_after = withheld_after + 1 WHERE dispute_id = '${disputeId}' AND kind = 'raise'`,
    () =>
      `UPDATE dispute_steps SET withheld_after = withheld_after - 1 WHERE dispute_id = '${disputeId}' AND kind = 'raise'`,
    [],
    () => [`/disputes/${disputeId}/steps/1/withheldChange`],
  ],
  [
    'what was consented to',
    () =>
      `UPDATE dispute_steps SET resolution = '{"kind": "no_change"}' WHERE dispute_id = '${disputeId}' AND kind = 'consent'`,
    () =>
      `UPDATE dispute_steps s SET resolution = p.resolution FROM dispute_steps p
        WHERE s.dispute_id = '${disputeId}' AND s.kind = 'consent' AND p.dispute_id = s.dispute_id AND p.kind = 'propose'`,
    [],
    () => [
      `/disputes/${disputeId}/steps/3/resolution`,
      `/disputes/${disputeId}/outcome`,
      `/disputes/${disputeId}/steps/3/sha256`,
    ],
  ],
  [
    'what was agreed on',
    () => `UPDATE agreed_bytes SET bytes = bytes - 1000000000`,
    () => `UPDATE agreed_bytes SET bytes = bytes + 1000000000`,
    ['/lines/1/amount', '/payableByA'],
    () => [`/disputes/${disputeId}/outcome`, '/posted/payableByA'],
  ],
  [
    'what an open dispute is about',
    () => `UPDATE disputes SET disputed_amount = disputed_amount + 100 WHERE reason = 'rate'`,
    () => `UPDATE disputes SET disputed_amount = disputed_amount - 100 WHERE reason = 'rate'`,
    ['/openDisputes/0/disputedAmount'],
    () => [],
  ],
  [
    'the note of what changed',
    () => `UPDATE late_usage SET recorded = recorded + 1000`,
    () => `UPDATE late_usage SET recorded = recorded - 1000`,
    null,
    () => [],
  ],
  [
    'a record of an earlier month',
    () =>
      `UPDATE traffic_records SET bytes = bytes + 1000000000 WHERE record_id = 'r2' AND direction = 'egress'`,
    () =>
      `UPDATE traffic_records SET bytes = bytes - 1000000000 WHERE record_id = 'r2' AND direction = 'egress'`,
    ['/lines/0/amount'],
    () => ['/posted/payableByA'],
  ],
  [
    'the hash',
    () => `UPDATE statements SET sha256 = repeat('0', 64) WHERE id = '${april.id}'`,
    () => `UPDATE statements SET sha256 = '${april.sha256}' WHERE id = '${april.id}'`,
    ['/sha256'],
    () => [],
  ],
  [
    'the statement, with a hash of its own',
    () =>
      `UPDATE statements SET document = replace(document, '"paymentsSince":"40.00"', '"paymentsSince":"39.00"') WHERE id = '${april.id}'`,
    () =>
      `UPDATE statements SET document = replace(document, '"paymentsSince":"39.00"', '"paymentsSince":"40.00"') WHERE id = '${april.id}'`,
    ['/paymentsSince', '/sha256'],
    () => [],
  ],
])('finds %s changed', async (_what, change, back, document, history) => {
  const found = await tampered(change(), back());
  // A note is no proof: nothing is read of it.
  expect(found.matches).toBe(document === null);
  expect(pointersOf(found.differences)).toEqual(expect.arrayContaining(document ?? []));
  if (document?.length === 0) expect(found.differences).toEqual([]);
  expect(pointersOf(found.history)).toEqual(history());
});

it.each([
  ['bytes', 'bytes = bytes + 1', 'bytes = bytes - 1', '/credits/1/bytes'],
  ['amount', 'amount = amount + 1', 'amount = amount - 1', '/credits/1/amount'],
  ['customer', `customer = 'other'`, `customer = 'acme'`, '/credits/1/customer'],
  ['place', 'position = position + 100', 'position = position - 100', '/credits/1'],
])(
  'finds a credit’s %s changed, and shows where to its provider alone',
  async (_what, change, back, where) => {
    const row = `WHERE statement_id = '${april.id}' AND provider_id = '${deal.a.id}' AND position % 100 = 2`;
    await sql(`UPDATE credits SET ${change} ${row}`);
    try {
      const found = await verify(april, deal.a.key);
      expect(found).toMatchObject({ matches: false, differences: [], history: [] });
      expect(found.credits.map(({ matches }: any) => matches)).toEqual([false, true]);
      expect(pointersOf(found.credits[0].differences)).toContain(where);
      const asOther = await verify(april, deal.b.key);
      expect(asOther.credits[0]).toEqual({ provider: deal.a.code, matches: false });
      expect(JSON.stringify(asOther)).not.toContain('acme');
    } finally {
      await sql(`UPDATE credits SET ${back} ${row}`);
    }
  },
);

it('finds a price changed that came after the traffic was issued', async () => {
  await sql(`UPDATE list_prices SET unit_price = 0.21`);
  try {
    expect((await verify(march)).matches).toBe(true);
    const found = await verify(april);
    expect(pointersOf(found.credits[0].differences)).toContain('/credits/1/unitPrice');
  } finally {
    await sql(`UPDATE list_prices SET unit_price = 0.20`);
  }
});

it('tells nothing of it to who is not a party', async () => {
  const stranger = (await market.deal()).a;
  const asked = await market.request('POST', `/v1/statements/${april.id}/verify`, { key: deal.a.key });
  const job = `/v1/jobs/${expectStatus(asked, 202).body.id}`;
  for (const { key } of [stranger, deal.b]) {
    expect((await market.request('GET', job, { key })).status).toBe(404);
  }
});
