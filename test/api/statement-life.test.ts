import { LedgerService } from '../../src/ledger/index.js';
import { StatementLifeService } from '../../src/settlement/index.js';
import { expectProblem, type TestAnswer } from '../support/api.js';
import { expectStatus, hourly, PERIOD, startMarket, type Deal, type Market } from '../support/market.js';

let market: Market;
let deal: Deal;

beforeAll(async () => {
  market = await startMarket({ worker: true });
});

beforeEach(async () => {
  deal = await market.deal({
    timezone: 'America/New_York',
    terms: {
      days: { cutOff: 5, acceptance: 15, payment: 30, disputeWindow: 60 },
      directions: {
        aToB: { zeroRating: { kind: 'all' } },
        bToA: { pricing: { model: 'linear', unit: 'GB', unitPrice: '0.01' } },
      },
    },
    prices: { a: [{ side: 'egress', unit: 'GB', unitPrice: '0.22' }] },
  });
  await market.take(deal, deal.a, [hourly('r1', '05T00', '10000000000000', { customer: 'c1' })]);
  await market.take(deal, deal.b, [hourly('r1', '05T01', '500000000000')]);
});

afterAll(() => market.close());

const get = (path: string, key: string): Promise<TestAnswer> => market.request('GET', path, { key });

async function etagOf(id: string, key: string): Promise<string> {
  return expectStatus(await get(`/v1/statements/${id}`, key), 200).headers.get('etag')!;
}

async function post(
  id: string,
  step: string,
  key: string,
  body?: object,
  etag?: string,
): Promise<TestAnswer> {
  const headers = { 'If-Match': etag ?? (await etagOf(id, key)) };
  return market.request('POST', `/v1/statements/${id}/${step}`, { key, headers, ...(body && { body }) });
}

/** A's view of a statement with its history. */
async function seen(id: string): Promise<any> {
  const statement = expectStatus(await get(`/v1/statements/${id}`, deal.a.key), 200).body;
  return { ...statement, ...expectStatus(await get(`/v1/statements/${id}/history`, deal.a.key), 200).body };
}

const WRONG_RATE = { reason: 'The rate of February was used' };

/** What A's book says: what it owes and is owed, and what it credited. */
async function booksOfA(): Promise<object> {
  expect(await market.acting(LedgerService).verify()).toMatchObject({ ok: true });
  const { receivable, payable, creditsGiven } = (await get('/v1/balances', deal.a.key)).body.data[0];
  return { receivable, payable, creditsGiven };
}

describe('acceptance', () => {
  it('is per party; with both the statement is accepted, and who accepted is on record', async () => {
    const { id } = await market.closePeriod(deal);
    const first = expectStatus(await post(id, 'accept', deal.a.key), 200).body;
    expect(first.state).toBe('issued');
    expect((await seen(id)).acceptedBy).toEqual([deal.a.code]);
    expectStatus(await post(id, 'accept', deal.a.key), 200);
    expect((await seen(id)).steps).toHaveLength(1);
    const second = expectStatus(await post(id, 'accept', deal.b.key), 200).body;
    expect(second.state).toBe('accepted');
    const { acceptedBy, steps } = await seen(id);
    expect(acceptedBy).toEqual([deal.a.code, deal.b.code]);
    expect(steps).toEqual([
      expect.objectContaining({ kind: 'accept', state: 'issued', party: deal.a.code, reason: null }),
      expect.objectContaining({ kind: 'accept', state: 'accepted', party: deal.b.code, reason: null }),
    ]);
    const listed = await get(`/v1/statements?agreement=${deal.code}&state=accepted`, deal.b.key);
    expect(listed.body.data).toEqual([second]);
  });

  it('changes nothing of what was issued', async () => {
    const { id, sha256 } = await market.closePeriod(deal);
    const before = await get(`/v1/statements/${id}.json`, deal.a.key);
    await post(id, 'accept', deal.a.key);
    const after = await get(`/v1/statements/${id}.json`, deal.a.key);
    expect(after.bytes.equals(before.bytes)).toBe(true);
    expect(after.headers.get('etag')).toBe(before.headers.get('etag'));
    expect((await get(`/v1/statements/${id}`, deal.a.key)).body.sha256).toBe(sha256);
  });

  it('needs the ETag of what was seen, and a party', async () => {
    const { id, acceptanceDue } = await market.closePeriod(deal);
    const path = `/v1/statements/${id}/accept`;
    expectProblem(await market.request('POST', path, { key: deal.a.key }), 428, 'precondition_required');
    const seen = await etagOf(id, deal.a.key);
    await market.acting(StatementLifeService).deemDue(Date.parse(acceptanceDue));
    expectProblem(await post(id, 'accept', deal.a.key, undefined, seen), 412, 'precondition_failed');
    expectProblem(await post(id, 'accept', market.operatorKey), 403, 'not_a_party');
    const stranger = (await market.deal()).a;
    expectProblem(await post(id, 'accept', stranger.key, undefined, seen), 404, 'statement_not_found');
    const reader = await market.provider(`reader-of-${deal.code}`, ['statements:read']);
    expectProblem(await post(id, 'accept', reader.key, undefined, seen), 403, 'insufficient_scope');
  });

  it('is given again just so where its answer was lost, and changes nothing', async () => {
    const { id } = await market.closePeriod(deal);
    await post(id, 'accept', deal.a.key);
    const read = await etagOf(id, deal.b.key);
    for (const _ of [1, 2]) expectStatus(await post(id, 'accept', deal.b.key, undefined, read), 200);
    expect((await seen(id)).steps).toHaveLength(2);
  });

  it('by both at the same time is an acceptance by both', async () => {
    const { id } = await market.closePeriod(deal);
    await Promise.all(
      [deal.a, deal.b, deal.a, deal.b].map(({ key }) => post(id, 'accept', key, undefined, '*')),
    );
    expect(await seen(id)).toMatchObject({
      state: 'accepted',
      steps: [{ kind: 'accept' }, { kind: 'accept' }],
    });
  });
});

describe('silence', () => {
  it('is acceptance from the end of the last day in the agreement’s own zone', async () => {
    const { id, issuedAt, acceptanceDue } = await market.closePeriod(deal);
    const due = Date.parse(acceptanceDue);
    const local = new Intl.DateTimeFormat('sv', { timeZone: 'America/New_York', timeStyle: 'medium' });
    expect(local.format(due)).toBe('00:00:00');
    expect(due - Date.parse(issuedAt)).toBeGreaterThan(15 * 86_400_000 - 3_600_000);
    const life = market.acting(StatementLifeService);
    await life.deemDue(due - 1);
    expect((await get(`/v1/statements/${id}`, deal.a.key)).body.state).toBe('issued');
    expect(await life.deemDue(due)).toBeGreaterThanOrEqual(1);
    expect(await seen(id)).toMatchObject({
      state: 'deemed_accepted',
      acceptedBy: [],
      steps: [{ kind: 'deem', at: acceptanceDue, party: null }],
    });
    await life.deemDue(due + 1);
    expect((await seen(id)).steps).toHaveLength(1);
  });

  it('of a statement that cannot move holds up no other', async () => {
    const life = market.acting(StatementLifeService);
    const { id, acceptanceDue } = await market.closePeriod(deal);
    life.observeSteps((_tx, statement) => {
      if (statement.id === id) throw new Error('this one fails');
      return Promise.resolve();
    });
    const other = await market.deal();
    const second = await market.closePeriod(other);
    await life.deemDue(Math.max(Date.parse(acceptanceDue), Date.parse(second.acceptanceDue)));
    expect(await seen(id)).toMatchObject({ state: 'issued', steps: [] });
    expect((await get(`/v1/statements/${second.id}`, other.a.key)).body.state).toBe('deemed_accepted');
  });
});

describe('a statement made void', () => {
  it('keeps its number, is reversed in the books, and its period is issued anew', async () => {
    const first = await market.closePeriod(deal);
    const before = await booksOfA();
    expect(before).toEqual({ receivable: '5.00', payable: '0.00', creditsGiven: '2200.00' });
    const answer = expectStatus(await post(first.id, 'void', market.operatorKey, WRONG_RATE), 200);
    expect(answer.body).toMatchObject({ state: 'void', number: first.number });
    expect(await seen(first.id)).toMatchObject({
      acceptedBy: [],
      steps: [{ kind: 'void', state: 'void', party: null, reason: WRONG_RATE.reason }],
    });
    const job = await market.job(answer.headers.get('location')!.split('/').at(-1)!, deal.b.key);
    expect(job).toMatchObject({ state: 'completed', result: { number: `${deal.code}-0002` } });
    const second = (await get(`/v1/statements/${job.result.statement}`, deal.a.key)).body;
    expect(second).toMatchObject({
      period: PERIOD,
      state: 'issued',
      openingBalance: '0.00',
      closingBalance: first.closingBalance,
      previousSha256: first.sha256,
      net: first.net,
    });
    expect(await booksOfA()).toEqual(before);
    const entries = (await get('/v1/ledger/entries?limit=1000', deal.a.key)).body.data;
    const kinds = entries.map((entry: any) => entry.source.kind);
    expect(kinds.sort()).toEqual([
      'credit',
      'credit',
      'credit_void',
      'statement',
      'statement',
      'statement_void',
    ]);
    expect((await get(`/v1/statements/${first.id}.json`, deal.a.key)).status).toBe(200);
  });

  it('is the latest, and takes no acceptance any more', async () => {
    const march = await market.closePeriod(deal);
    const april = await market.closePeriod(deal, '2025-04');
    expectProblem(await post(march.id, 'void', market.operatorKey, WRONG_RATE), 409, 'statement_not_latest');
    expectStatus(await post(april.id, 'void', market.operatorKey, WRONG_RATE), 200);
    expectProblem(await post(april.id, 'accept', deal.a.key), 409, 'statement_void');
  });

  it('is asked for again just so where the answer was lost', async () => {
    const { id } = await market.closePeriod(deal);
    const read = await etagOf(id, market.operatorKey);
    for (const _ of [1, 2]) expectStatus(await post(id, 'void', market.operatorKey, WRONG_RATE, read), 200);
    expect((await seen(id)).steps).toHaveLength(1);
  });

  it('twice is void once', async () => {
    const { id } = await market.closePeriod(deal);
    await Promise.all([1, 2, 3].map(() => post(id, 'void', market.operatorKey, WRONG_RATE, '*')));
    expect((await seen(id)).steps).toHaveLength(1);
    expect((await market.closePeriod(deal)).number).toBe(`${deal.code}-0002`);
    expect(await booksOfA()).toMatchObject({ receivable: '5.00', creditsGiven: '2200.00' });
  });

  it('is the operator’s work alone, and needs a reason', async () => {
    const { id } = await market.closePeriod(deal);
    expectProblem(await post(id, 'void', deal.a.key, WRONG_RATE), 403, 'insufficient_scope');
    const empty = await post(id, 'void', market.operatorKey, { reason: '' });
    expectProblem(empty, 422, 'validation_failed');
    expect(empty.body.errors[0].pointer).toBe('/reason');
  });
});
