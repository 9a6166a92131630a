import { createHash } from 'node:crypto';
import canonicalizeModule from 'canonicalize';
import { expectProblem } from '../support/api.js';
import { PERIOD, startMarket, type Market } from '../support/market.js';
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
  stepped,
  CHARGED,
  type Disputable,
} from './disputes-support.js';

const canonicalize = canonicalizeModule as unknown as (value: unknown) => string;

let market: Market;

beforeAll(async () => {
  market = await startMarket({ worker: true });
});

afterAll(() => market.close());

describe('a dispute about a line', () => {
  it('is hashed step by step, so that each party can hold evidence and proposals against the audit log', async () => {
    const case_ = await issued(market);
    const { a, b } = case_.deal;
    const evidence = { text: 'our meters stood still', buckets: [bucketAt(0)] };
    const { id } = await raised(market, case_, a, { claimedAmount: '60.00', evidence });
    const resolution = { kind: 'amount', amount: '12.50' };
    const { steps } = await stepped(market, id, 'propose', b, { body: { resolution, evidence } });
    const recomputed = steps.map((step: any) => {
      const { position: _, withheldBefore: _before, withheldAfter: _after, sha256: _own, ...said } = step;
      return createHash('sha256')
        .update(canonicalize({ ...said, dispute: id }))
        .digest('hex');
    });
    expect(steps.map(({ sha256 }: any) => sha256)).toEqual(recomputed);
    expect(new Set(recomputed).size).toBe(2);
    for (const { key } of [a, b]) {
      const path = `/v1/audit-events?resource=dispute:${id}`;
      const { body } = await market.request('GET', path, { key });
      expect(body.data.map(({ after }: any) => after.step).reverse()).toEqual(
        steps.map(({ id: step, sha256 }: any) => ({ id: step, sha256 })),
      );
    }
  });

  it('withholds what was charged beyond the claim, in both books, and leaves the rest payable', async () => {
    const case_ = await issued(market);
    const { deal, statement, lineId } = case_;
    expect(await position(market, deal.a)).toEqual(['100.00', '0.00', '0.00', '0.00']);
    const evidence = { text: 'our meters stood still', buckets: [bucketAt(0)] };
    const answer = await raise(market, case_, deal.a, { claimedAmount: '60.00', evidence });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/v1/disputes/${answer.body.id}`);
    expect(answer.body).toEqual({
      id: expect.any(String),
      agreement: deal.code,
      period: PERIOD,
      statement: statement.id,
      line: lineId,
      bucket: null,
      state: 'raised',
      reason: 'volume',
      raisedBy: deal.a.code,
      raisedAt: expect.any(String),
      payer: deal.a.code,
      payee: deal.b.code,
      currency: 'USD',
      claimedBytes: null,
      claimedAmount: '60.00',
      disputedAmount: '40.00',
      withheldAmount: '40.00',
      timeBarredAt: expect.any(String),
      proposal: null,
      resolution: null,
      steps: [
        {
          position: 1,
          id: expect.any(String),
          kind: 'raise',
          by: deal.a.code,
          keyId: expect.any(String),
          at: answer.body.raisedAt,
          fromState: null,
          toState: 'raised',
          withheldBefore: '0.00',
          withheldAfter: '40.00',
          evidence: { text: evidence.text, buckets: [{ ...bucketAt(0), scope: {} }] },
          resolution: null,
          sha256: expect.any(String),
        },
      ],
    });
    expect(await position(market, deal.a)).toEqual(['60.00', '40.00', '0.00', '0.00']);
    expect(await position(market, deal.b)).toEqual(['0.00', '0.00', '60.00', '40.00']);
    expect(await stateOf(market, case_)).toBe('disputed');
    const path = `/v1/statements/${statement.id}`;
    const shown = await market.request('GET', path, { key: deal.b.key });
    expect(shown.body).toMatchObject({ withheldByA: '40.00', withheldByB: '0.00', payableByA: '100.00' });
    const [listed] = (
      await market.request('GET', `/v1/statements?agreement=${deal.code}`, { key: deal.a.key })
    ).body.data;
    expect(listed).toEqual(shown.body);
    const read = await market.request('GET', `/v1/disputes/${answer.body.id}`, { key: deal.b.key });
    expect(read.body).toEqual(answer.body);
  });

  it('is about bytes as well, at the price of the line', async () => {
    const case_ = await issued(market);
    const dispute = await raised(market, case_, case_.deal.a, { claimedBytes: bytes(75) });
    expect(dispute).toMatchObject({
      claimedBytes: bytes(75),
      claimedAmount: '75.00',
      disputedAmount: '25.00',
      withheldAmount: '25.00',
    });
  });

  it('for more than was charged posts nothing', async () => {
    const case_ = await issued(market);
    const dispute = await raised(market, case_, case_.deal.b, { claimedAmount: '130.00' });
    expect(dispute).toMatchObject({ disputedAmount: '30.00', withheldAmount: '0.00' });
    expect(await position(market, case_.deal.a)).toEqual(['100.00', '0.00', '0.00', '0.00']);
    expect(await stateOf(market, case_)).toBe('disputed');
  });

  it('withholds the same money once, however many are about it', async () => {
    const case_ = await issued(market);
    const { a, b } = case_.deal;
    const first = await raised(market, case_, a, { claimedAmount: '60.00' });
    const second = await raised(market, case_, b, { claimedAmount: '50.00' });
    expect([first.withheldAmount, second.withheldAmount]).toEqual(['40.00', '10.00']);
    expect(await position(market, a)).toEqual(['50.00', '50.00', '0.00', '0.00']);
    await stepped(market, first.id, 'withdraw', a);
    expect(await position(market, a)).toEqual(['50.00', '50.00', '0.00', '0.00']);
    const after = await market.request('GET', `/v1/disputes/${second.id}`, { key: a.key });
    expect(after.body.withheldAmount).toBe('50.00');
    await stepped(market, second.id, 'withdraw', b);
    expect(await position(market, a)).toEqual(['100.00', '0.00', '0.00', '0.00']);
  });
});

describe('a dispute about a discrepancy', () => {
  it('withholds what the bucket was charged beyond the claim', async () => {
    const case_ = await issued(market, [
      [100, 100],
      [50, 30],
    ]);
    const { deal, statement } = case_;
    expect(statement.lines[0].amount).toBe('150.00');
    const answer = await raiseBucket(market, deal, deal.a, 1, bytes(30));
    expect(answer.body).toMatchObject({
      statement: statement.id,
      line: null,
      bucket: { ...bucketAt(1), scope: {} },
      claimedAmount: null,
      disputedAmount: '20.00',
      withheldAmount: '20.00',
    });
    expect(await position(market, deal.a)).toEqual(['130.00', '20.00', '0.00', '0.00']);
    expect(await stateOf(market, case_)).toBe('disputed');
  });

  it('and the line that charges it, together, withholds the larger of the two', async () => {
    const case_ = await issued(market, [
      [100, 100],
      [50, 30],
    ]);
    await raiseBucket(market, case_.deal, case_.deal.a, 1, bytes(30));
    await raised(market, case_, case_.deal.a, { claimedAmount: '120.00' });
    expect(await position(market, case_.deal.a)).toEqual(['120.00', '30.00', '0.00', '0.00']);
  });

  it('that was never charged withholds nothing', async () => {
    const free = { ...CHARGED, directions: {} };
    const case_ = await issued(market, [[50, 30]], { terms: free });
    const answer = await raiseBucket(market, case_.deal, case_.deal.a, 0, bytes(30));
    expect(answer.body).toMatchObject({ disputedAmount: '0.00', withheldAmount: '0.00', state: 'raised' });
    expect(await position(market, case_.deal.a)).toEqual(['0.00', '0.00', '0.00', '0.00']);
  });

  it('of a period that is not issued yet withholds nothing, and its bytes are in the statement', async () => {
    const deal = await market.deal({ terms: CHARGED });
    await report(market, deal, [[50, null]]);
    const answer = await raiseBucket(market, deal, deal.a, 0, bytes(20));
    expect(answer.body).toMatchObject({ statement: null, disputedAmount: '30.00', withheldAmount: '0.00' });
    const resolution = { kind: 'bytes', buckets: [{ ...bucketAt(0), bytes: bytes(35) }] };
    await stepped(market, answer.body.id, 'propose', deal.b, { body: { resolution } });
    await stepped(market, answer.body.id, 'consent', deal.a);
    const statement = await market.closePeriod(deal);
    expect(statement).toMatchObject({ settledBytes: { aToB: bytes(35) }, payableByA: '35.00' });
  });

  it('is refused where the sides do not differ beyond tolerance', async () => {
    const { deal } = await issued(market);
    expectProblem(await raiseBucket(market, deal, deal.a, 0, bytes(1)), 422, 'no_discrepancy');
    expectProblem(await raiseBucket(market, deal, deal.a, 9, bytes(1)), 422, 'no_discrepancy');
  });

  it('is refused where the claim is what is settled', async () => {
    const { deal } = await issued(market, [[50, 30]]);
    expectProblem(await raiseBucket(market, deal, deal.a, 0, bytes(50)), 422, 'nothing_disputed');
  });
});

describe('what cannot be disputed', () => {
  let case_: Disputable;
  beforeAll(async () => {
    case_ = await issued(market);
  });

  it.each<[string, object, string]>([
    ['two claims', { claimedAmount: '1.00', claimedBytes: '1' }, '/claimedAmount'],
    ['no claim', {}, '/claimedAmount'],
    ['no line', { line: undefined, claimedAmount: '1.00' }, '/line'],
    ['too many decimals', { claimedAmount: '1.001' }, '/claimedAmount'],
    ['a line and a bucket', { claimedBytes: '1', bucket: bucketAt(0) }, '/bucket'],
    [
      'evidence outside the period',
      {
        claimedAmount: '1.00',
        evidence: { buckets: [{ direction: 'aToB', start: '2025-04-01T00:00:00Z' }] },
      },
      '/evidence/buckets/0/start',
    ],
    [
      'evidence within a bucket',
      {
        claimedAmount: '1.00',
        evidence: { buckets: [{ direction: 'aToB', start: `${PERIOD}-05T00:30:00Z` }] },
      },
      '/evidence/buckets/0/start',
    ],
    [
      'a scope that there is not',
      { claimedAmount: '1.00', evidence: { buckets: [{ ...bucketAt(0), scope: { service: 'x' } }] } },
      '/evidence/buckets/0/scope/service',
    ],
  ])('%s', async (_, more, pointer) => {
    const answer = await raise(market, case_, case_.deal.a, more);
    expectProblem(answer, 422, 'invalid_dispute');
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  it.each<[string, object, string]>([
    ['a reason that there is not', { reason: 'greed', claimedAmount: '1.00' }, '/reason'],
    ['bytes below zero', { claimedBytes: '-1' }, '/claimedBytes'],
    ['an unknown field', { claimedAmount: '1.00', customer: 'x' }, '/customer'],
  ])('%s', async (_, more, pointer) => {
    const answer = await raise(market, case_, case_.deal.a, more);
    expectProblem(answer, 422, 'validation_failed');
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });

  it('a claim that is what the line says', async () => {
    expectProblem(
      await raise(market, case_, case_.deal.a, { claimedAmount: '100.00' }),
      422,
      'nothing_disputed',
    );
  });

  it('a line that there is not, or of another statement', async () => {
    const other = await issued(market);
    const answer = await raise(market, { ...case_, lineId: other.lineId }, case_.deal.a);
    expectProblem(answer, 404, 'line_not_found');
  });

  it('what is below the agreement’s minimum', async () => {
    const small = await issued(market, [[100, 100]], { terms: { ...CHARGED, minimumDisputeAmount: '5.00' } });
    expectProblem(
      await raise(market, small, small.deal.a, { claimedAmount: '95.01' }),
      422,
      'dispute_below_minimum',
    );
    expectProblem(
      await raise(market, small, small.deal.b, { claimedAmount: '104.99' }),
      422,
      'dispute_below_minimum',
    );
    expect(await stateOf(market, small)).toBe('issued');
    expect((await raised(market, small, small.deal.a, { claimedAmount: '95.00' })).withheldAmount).toBe(
      '5.00',
    );
  });

  it('the same twice by one party; the other party may', async () => {
    const twice = await issued(market, [[50, 30]]);
    const first = await raised(market, twice, twice.deal.a, { claimedAmount: '40.00' });
    const again = await raise(market, twice, twice.deal.a, { claimedAmount: '30.00' });
    expectProblem(again, 409, 'already_disputed');
    expect(again.body.detail).toContain(first.id);
    await raised(market, twice, twice.deal.b, { claimedAmount: '70.00' });
    expect((await raiseBucket(market, twice.deal, twice.deal.a, 0, bytes(30))).status).toBe(201);
    expectProblem(await raiseBucket(market, twice.deal, twice.deal.a, 0, bytes(31)), 409, 'already_disputed');
    await stepped(market, first.id, 'withdraw', twice.deal.a);
    expect((await raise(market, twice, twice.deal.a, { claimedAmount: '30.00' })).status).toBe(201);
  });

  it('what the party itself accepted; the other party may', async () => {
    const accepted = await issued(market);
    const path = `/v1/statements/${accepted.statement.id}`;
    const { headers } = await market.request('GET', path, { key: accepted.deal.a.key });
    await market.request('POST', `${path}/accept`, {
      key: accepted.deal.a.key,
      headers: { 'If-Match': headers.get('etag')! },
    });
    expectProblem(await raise(market, accepted, accepted.deal.a), 409, 'accepted_by_party');
    expect((await raise(market, accepted, accepted.deal.b)).status).toBe(201);
  });
});
