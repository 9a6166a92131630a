import { expectProblem } from '../support/api.js';
import { PERIOD, startMarket, type Market, type Party } from '../support/market.js';
import {
  bucketAt,
  bytes,
  issued,
  position,
  raise,
  raiseBucket,
  raised,
  report,
  stateOf,
  step,
  stepped,
  CHARGED,
  type Disputable,
} from './disputes-support.js';

let market: Market;
let stranger: Party;

beforeAll(async () => {
  market = await startMarket({ worker: true });
  stranger = (await market.deal()).a;
});

afterAll(() => market.close());

describe('the way a dispute goes', () => {
  it('by proposals of both, until one consents to the other’s: the statement is accepted', async () => {
    const case_ = await issued(market);
    const { a, b } = case_.deal;
    const { id } = await raised(market, case_, a);
    expectProblem(await step(market, id, 'consent', b), 409, 'no_proposal');
    const first = {
      resolution: { kind: 'amount', amount: '10.00' },
      evidence: { text: 'we saw most of it' },
    };
    const proposed = await stepped(market, id, 'propose', b, { body: first });
    expect(proposed).toMatchObject({
      state: 'proposed',
      proposal: { by: b.code, resolution: first.resolution },
    });
    expectProblem(await step(market, id, 'consent', b), 409, 'own_proposal');
    await stepped(market, id, 'propose', a, { body: { resolution: { kind: 'amount', amount: '30.00' } } });
    const last = { resolution: { kind: 'amount', amount: '25.00' } };
    await stepped(market, id, 'propose', b, { body: last });
    expect(await position(market, a)).toEqual(['60.00', '40.00', '0.00', '0.00']);
    const resolved = await stepped(market, id, 'consent', a);
    expect(resolved).toMatchObject({
      state: 'resolved',
      resolution: last.resolution,
      withheldAmount: '0.00',
      timeBarredAt: null,
    });
    expect(
      resolved.steps.map(({ kind, by, fromState, toState, withheldBefore, withheldAfter }: any) => [
        kind,
        by,
        `${fromState} -> ${toState}`,
        `${withheldBefore} -> ${withheldAfter}`,
      ]),
    ).toEqual([
      ['raise', a.code, 'null -> raised', '0.00 -> 40.00'],
      ['propose', b.code, 'raised -> proposed', '40.00 -> 40.00'],
      ['propose', a.code, 'proposed -> proposed', '40.00 -> 40.00'],
      ['propose', b.code, 'proposed -> proposed', '40.00 -> 40.00'],
      ['consent', a.code, 'proposed -> resolved', '40.00 -> 0.00'],
    ]);
    expect(resolved.steps[1].evidence).toEqual({ text: 'we saw most of it', buckets: [] });
    expect(await position(market, a)).toEqual(['100.00', '0.00', '0.00', '0.00']);
    expect(await stateOf(market, case_)).toBe('accepted');
    for (const verb of ['propose', 'withdraw', 'escalate'] as const) {
      expectProblem(await step(market, id, verb, a), 409, 'dispute_closed');
    }
  });

  it('by agreed bytes, which reconciliation settles from then on', async () => {
    const case_ = await issued(market, [[50, 30]]);
    const { deal } = case_;
    const { id } = (await raiseBucket(market, deal, deal.a, 0, bytes(30))).body;
    const resolution = { kind: 'bytes', buckets: [{ ...bucketAt(0), bytes: bytes(40) }] };
    await stepped(market, id, 'propose', deal.a, { body: { resolution } });
    const resolved = await stepped(market, id, 'consent', deal.b);
    expect(resolved.resolution).toEqual({
      kind: 'bytes',
      buckets: [{ ...bucketAt(0), scope: {}, bytes: bytes(40) }],
    });
    const path = `/v1/agreements/${deal.code}/periods/${PERIOD}/reconciliation`;
    const { body } = await market.request('GET', `${path}/buckets`, { key: deal.b.key });
    expect(body.data[0]).toMatchObject({
      senderBytes: bytes(50),
      receiverBytes: bytes(30),
      settledBytes: bytes(40),
      discrepancyBytes: '0',
      agreedBytes: bytes(40),
      status: 'mismatch',
    });
    expectProblem(await raiseBucket(market, deal, deal.b, 0, bytes(50)), 409, 'bucket_agreed');
    const other = await raised(market, case_, deal.b, { claimedAmount: '51.00' });
    const again = await step(market, other.id, 'propose', deal.a, { body: { resolution } });
    expectProblem(again, 409, 'bucket_agreed');
  });

  it('by withdrawal of whoever raised it: all is as it was', async () => {
    const case_ = await issued(market);
    const { a, b } = case_.deal;
    const { id } = await raised(market, case_, a);
    expectProblem(await step(market, id, 'withdraw', b), 403, 'not_the_raiser');
    expect(await stepped(market, id, 'withdraw', a)).toMatchObject({
      state: 'withdrawn',
      withheldAmount: '0.00',
    });
    expect(await position(market, a)).toEqual(['100.00', '0.00', '0.00', '0.00']);
    expect(await stateOf(market, case_)).toBe('issued');
  });

  it('by escalation of either: it stays withheld until both agree', async () => {
    const case_ = await issued(market);
    const { a, b } = case_.deal;
    const { id } = await raised(market, case_, a);
    expect(await stepped(market, id, 'escalate', b)).toMatchObject({
      state: 'escalated',
      withheldAmount: '40.00',
      timeBarredAt: null,
    });
    expect(await position(market, a)).toEqual(['60.00', '40.00', '0.00', '0.00']);
    expect(await stateOf(market, case_)).toBe('disputed');
    await stepped(market, id, 'propose', a, { body: { resolution: { kind: 'amount', amount: '40.00' } } });
    expect(await stepped(market, id, 'consent', b)).toMatchObject({
      state: 'resolved',
      withheldAmount: '0.00',
    });
    expect(await stateOf(market, case_)).toBe('accepted');
  });

  it('of several disputes: the statement is disputed until the last one ends', async () => {
    const case_ = await issued(market);
    const { a, b } = case_.deal;
    const first = await raised(market, case_, a);
    const second = await raised(market, case_, b, { claimedAmount: '130.00' });
    await stepped(market, first.id, 'propose', b);
    await stepped(market, first.id, 'consent', a);
    expect(await stateOf(market, case_)).toBe('disputed');
    await stepped(market, second.id, 'withdraw', b);
    expect(await stateOf(market, case_)).toBe('accepted');
  });

  it.each<[string, object, string]>([
    ['more than is disputed', { kind: 'amount', amount: '40.01' }, '/resolution/amount'],
    ['nothing', { kind: 'amount', amount: '0.00' }, '/resolution/amount'],
    ['less than nothing', { kind: 'amount', amount: '-1.00' }, '/resolution/amount'],
    ['an amount without one', { kind: 'amount' }, '/resolution/amount'],
    ['no change of an amount', { kind: 'no_change', amount: '1.00' }, '/resolution/amount'],
    ['bytes without buckets', { kind: 'bytes' }, '/resolution/buckets'],
    [
      'a bucket twice',
      { kind: 'bytes', buckets: [0, 0].map((n) => ({ ...bucketAt(n), bytes: '1' })) },
      '/resolution/buckets/1',
    ],
    [
      'a bucket that nobody reported',
      { kind: 'bytes', buckets: [{ ...bucketAt(9), bytes: '1' }] },
      '/resolution/buckets/0',
    ],
    [
      'a bucket of another period',
      { kind: 'bytes', buckets: [{ ...bucketAt(0), start: '2025-04-01T00:00:00Z', bytes: '1' }] },
      '/resolution/buckets/0/start',
    ],
  ])('takes no proposal of %s', async (_, resolution, pointer) => {
    const case_ = await issued(market);
    const { id } = await raised(market, case_, case_.deal.a);
    const answer = await step(market, id, 'propose', case_.deal.b, { body: { resolution } });
    expectProblem(answer, 422, 'invalid_resolution');
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });
});

describe('whoever is not a party', () => {
  let case_: Disputable;
  let id: string;
  beforeAll(async () => {
    case_ = await issued(market);
    id = (await raised(market, case_, case_.deal.a)).id;
    await stepped(market, id, 'propose', case_.deal.b);
  });

  it('and is a stranger finds nothing of it', async () => {
    expectProblem(await raise(market, case_, stranger), 404, 'statement_not_found');
    expectProblem(await raiseBucket(market, case_.deal, stranger, 0, '1'), 404, 'unknown_agreement');
    expectProblem(
      await market.request('GET', `/v1/disputes/${id}`, { key: stranger.key }),
      404,
      'dispute_not_found',
    );
    const nothing = `/v1/disputes/${case_.deal.a.id}`;
    expectProblem(await market.request('GET', nothing, { key: case_.deal.a.key }), 404, 'dispute_not_found');
    for (const verb of ['propose', 'consent', 'withdraw', 'escalate'] as const) {
      expectProblem(
        await step(market, id, verb, stranger, { reader: case_.deal.a }),
        404,
        'dispute_not_found',
      );
    }
    for (const query of ['', `?agreement=${case_.deal.code}`, `?statement=${case_.statement.id}`]) {
      expect((await market.request('GET', `/v1/disputes${query}`, { key: stranger.key })).body.data).toEqual(
        [],
      );
    }
  });

  it('and is the operator sees it, and settles nothing', async () => {
    const operator = { key: market.operatorKey };
    expectProblem(await raise(market, case_, operator), 403, 'not_a_party');
    for (const verb of ['propose', 'consent', 'withdraw', 'escalate'] as const) {
      expectProblem(await step(market, id, verb, operator), 403, 'not_a_party');
    }
    expect((await market.request('GET', `/v1/disputes/${id}`, operator)).body.state).toBe('proposed');
  });

  it('or is one without the scope, settles nothing, and without the other sees nothing', async () => {
    const keyOf = async (scope: string): Promise<{ key: string }> => {
      const path = `/v1/providers/${case_.deal.a.code}/api-keys`;
      const body = { name: scope, scopes: [scope] };
      return { key: (await market.request('POST', path, { key: market.operatorKey, body })).body.key };
    };
    const reader = await keyOf('statements:read');
    const writer = await keyOf('disputes:write');
    expectProblem(await raise(market, case_, reader), 403, 'insufficient_scope');
    for (const verb of ['propose', 'consent', 'withdraw', 'escalate'] as const) {
      expectProblem(await step(market, id, verb, reader), 403, 'insufficient_scope');
    }
    expectProblem(await market.request('GET', `/v1/disputes/${id}`, writer), 403, 'insufficient_scope');
    expectProblem(await market.request('GET', '/v1/disputes', writer), 403, 'insufficient_scope');
    expect((await step(market, id, 'consent', writer, { reader: case_.deal.a })).status).toBe(200);
  });
});

describe('the list of disputes', () => {
  it('is of both parties, latest first, filtered and page by page', async () => {
    const case_ = await issued(market, [
      [50, 30],
      [20, 10],
    ]);
    const { a, b, code } = case_.deal;
    const first = await raised(market, case_, a);
    const second = (await raiseBucket(market, case_.deal, b, 0, bytes(30))).body;
    const third = (await raiseBucket(market, case_.deal, b, 1, bytes(10))).body;
    await stepped(market, second.id, 'withdraw', b);
    const list = async (query: string, key = a.key): Promise<any> =>
      (await market.request('GET', `/v1/disputes?agreement=${code}${query}`, { key })).body;
    const ids = async (query: string): Promise<string[]> =>
      (await list(query, b.key)).data.map((dispute: { id: string }) => dispute.id);
    expect(await ids('')).toEqual([third.id, second.id, first.id]);
    expect(await ids('&state=withdrawn')).toEqual([second.id]);
    expect(await ids(`&raisedBy=${a.code}`)).toEqual([first.id]);
    expect(await ids('&reason=missing_declaration&state=raised')).toEqual([third.id]);
    expect(await ids(`&statement=${case_.statement.id}`)).toHaveLength(3);
    expect(await ids('&period=2025-04')).toEqual([]);
    const page = await list('&limit=2');
    expect(page.data.map((dispute: { id: string }) => dispute.id)).toEqual([third.id, second.id]);
    expect(await ids(`&limit=2&cursor=${page.nextCursor}`)).toEqual([first.id]);
    const {
      proposal: _p,
      resolution: _r,
      steps: _s,
      ...shown
    } = (await market.request('GET', `/v1/disputes/${third.id}`, { key: a.key })).body;
    expect(page.data[0]).toEqual(shown);
    expectProblem(
      await market.request('GET', '/v1/disputes?cursor=W10', { key: a.key }),
      400,
      'invalid_cursor',
    );
  });
});

describe('bytes that were agreed on', () => {
  it('keep other terms out of their period', async () => {
    const deal = await market.deal({ terms: CHARGED });
    await report(market, deal, [[50, null]]);
    const { id } = (await raiseBucket(market, deal, deal.a, 0, bytes(20))).body;
    const resolution = { kind: 'bytes', buckets: [{ ...bucketAt(0), bytes: bytes(35) }] };
    await stepped(market, id, 'propose', deal.b, { body: { resolution } });
    await stepped(market, id, 'consent', deal.a);
    expectProblem(
      await market.agree(deal, { ...CHARGED, reconciliation: { bucket: 'day' } }),
      409,
      'terms_in_agreed_period',
    );
    expect((await market.agree(deal, CHARGED, '2025-04')).status).toBe(200);
  });
});
