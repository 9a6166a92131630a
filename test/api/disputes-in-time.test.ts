import { jest } from '@jest/globals';
import pg from 'pg';
import { tenantOf } from '../../src/access/index.js';
import { TimeBarService } from '../../src/disputes/index.js';
import { LedgerService } from '../../src/ledger/index.js';
import { endOfLocalDayAfter } from '../../src/period/index.js';
import { StatementLifeService } from '../../src/settlement/index.js';
import { RaisingService } from '../../src/disputes/raising.service.js';
import { expectProblem } from '../support/api.js';
import { startMarket, type Market } from '../support/market.js';
import { until } from '../support/until.js';
import { issued, position, raise, raised, stateOf, step, stepped, CHARGED } from './disputes-support.js';

const DAY_MS = 86_400_000;

let market: Market;

beforeAll(async () => {
  market = await startMarket({ worker: true });
});

afterAll(() => market.close());

const etagOf = async (id: string, key: string): Promise<string> =>
  (await market.request('GET', `/v1/disputes/${id}`, { key })).headers.get('etag')!;

/** What the ledger holds in order, and how often it was posted to for disputes. */
async function postedSteps(id: string): Promise<number> {
  const [row] = await market.database.query<{ count: number }>(
    `SELECT count(*)::integer AS count FROM ledger_transactions t
       JOIN dispute_steps s ON s.agreement_id = t.agreement_id AND s.id = t.source_id
      WHERE s.dispute_id = $1`,
    [id],
  );
  return row!.count;
}

describe('what is sent twice', () => {
  it('raises one dispute, withholds once, and needs a key', async () => {
    const case_ = await issued(market);
    const body = {
      statement: case_.statement.id,
      line: case_.lineId,
      reason: 'rate',
      claimedAmount: '60.00',
    };
    const send = (headers: Record<string, string>) =>
      market.request('POST', '/v1/disputes', { key: case_.deal.a.key, body, headers });
    expectProblem(await send({ 'Idempotency-Key': '' }), 400, 'idempotency_key_required');
    const first = await send({ 'Idempotency-Key': 'dispute-1' });
    const again = await send({ 'Idempotency-Key': 'dispute-1' });
    expect(again.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(await position(market, case_.deal.a)).toEqual(['60.00', '40.00', '0.00', '0.00']);
    expect(await postedSteps(first.body.id)).toBe(2);
  });

  it('proposes once, with its key', async () => {
    const case_ = await issued(market);
    const { id } = await raised(market, case_, case_.deal.a);
    const headers = {
      'Idempotency-Key': 'proposal-1',
      'If-Match': await etagOf(id, case_.deal.b.key),
    };
    const send = () =>
      market.request('POST', `/v1/disputes/${id}/propose`, {
        key: case_.deal.b.key,
        body: { resolution: { kind: 'no_change' } },
        headers,
      });
    const first = await send();
    const again = await send();
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.text).toBe(first.text);
    expect(first.body.steps).toHaveLength(2);
    expect(
      (await market.request('GET', `/v1/disputes/${id}`, { key: case_.deal.a.key })).body.steps,
    ).toHaveLength(2);
  });

  it.each(['consent', 'withdraw', 'escalate'] as const)(
    'changes nothing, even with an ETag from before, when it is a %s',
    async (verb) => {
      const case_ = await issued(market);
      const { a, b } = case_.deal;
      const { id } = await raised(market, case_, a);
      await stepped(market, id, 'propose', b);
      const etag = await etagOf(id, a.key);
      const first = await stepped(market, id, verb, a, { etag });
      const posted = await postedSteps(id);
      expect(await stepped(market, id, verb, a, { etag })).toEqual(first);
      expect(await postedSteps(id)).toBe(posted);
    },
  );
});

describe('two that act at once', () => {
  it('each have to have seen what they act on', async () => {
    const case_ = await issued(market);
    const { a, b } = case_.deal;
    const { id } = await raised(market, case_, a);
    const seen = await etagOf(id, a.key);
    expect(await etagOf(id, b.key)).toBe(seen);
    await stepped(market, id, 'propose', b, { body: { resolution: { kind: 'amount', amount: '40.00' } } });
    await stepped(market, id, 'propose', b, { body: { resolution: { kind: 'amount', amount: '1.00' } } });
    for (const verb of ['propose', 'consent', 'withdraw', 'escalate'] as const) {
      expectProblem(await step(market, id, verb, a, { etag: seen }), 412, 'precondition_failed');
      const bare = await market.request('POST', `/v1/disputes/${id}/${verb}`, {
        key: a.key,
        ...(verb === 'propose' && { body: { resolution: { kind: 'no_change' } } }),
      });
      expectProblem(bare, 428, 'precondition_required');
    }
  });

  it('of two consents one resolves, and both are told so', async () => {
    const case_ = await issued(market);
    const { a, b } = case_.deal;
    const { id } = await raised(market, case_, a);
    await stepped(market, id, 'propose', b);
    const etag = await etagOf(id, a.key);
    const answers = await Promise.all([1, 2, 3].map(() => step(market, id, 'consent', a, { etag })));
    expect(answers.map(({ status, body }) => [status, body.state])).toEqual(Array(3).fill([200, 'resolved']));
    expect(answers[0]!.body.steps).toHaveLength(3);
    expect(await postedSteps(id)).toBe(4);
    expect(await position(market, a)).toEqual(['100.00', '0.00', '0.00', '0.00']);
  });

  it('of a consent and a withdrawal one happens, and what was withheld is given back once', async () => {
    const outcomes = new Set<string>();
    for (let round = 0; round < 6; round += 1) {
      const case_ = await issued(market);
      const { a, b } = case_.deal;
      const { id } = await raised(market, case_, a);
      await stepped(market, id, 'propose', a, { body: { resolution: { kind: 'amount', amount: '15.00' } } });
      const etag = await etagOf(id, a.key);
      const answers = await Promise.all([
        step(market, id, 'consent', b, { etag }),
        step(market, id, 'withdraw', a, { etag }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
      const { body } = await market.request('GET', `/v1/disputes/${id}`, { key: a.key });
      outcomes.add(body.state);
      expect(body.steps).toHaveLength(3);
      expect(await position(market, a)).toEqual(['100.00', '0.00', '0.00', '0.00']);
      const concessions = await market.database.query(
        `SELECT amount FROM concessions WHERE dispute_id = $1`,
        [id],
      );
      expect(concessions).toEqual(body.state === 'resolved' ? [{ amount: '-1500' }] : []);
    }
    for (const state of outcomes) expect(['resolved', 'withdrawn']).toContain(state);
  });

  it('of two that raise the same, by one party, one does', async () => {
    const case_ = await issued(market);
    const answers = await Promise.all([1, 2, 3].map(() => raise(market, case_, case_.deal.a)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(await position(market, case_.deal.a)).toEqual(['60.00', '40.00', '0.00', '0.00']);
  });
});

describe('as time goes by', () => {
  it('a dispute in which nobody moves is time-barred, and what it withheld is payable again', async () => {
    const case_ = await issued(market);
    const { a, b } = case_.deal;
    const { id, timeBarredAt } = await raised(market, case_, a);
    const due = Date.parse(timeBarredAt);
    const timeBar = market.acting(TimeBarService);
    await timeBar.barLapsed(due - 1);
    expect((await market.request('GET', `/v1/disputes/${id}`, { key: a.key })).body.state).toBe('raised');
    expect(await timeBar.barLapsed(due)).toBeGreaterThanOrEqual(1);
    const { body } = await market.request('GET', `/v1/disputes/${id}`, { key: b.key });
    expect(body).toMatchObject({ state: 'time_barred', withheldAmount: '0.00', timeBarredAt: null });
    expect(body.steps.at(-1)).toMatchObject({
      kind: 'time_bar',
      by: null,
      keyId: null,
      withheldBefore: '40.00',
      withheldAfter: '0.00',
    });
    expect(await position(market, a)).toEqual(['100.00', '0.00', '0.00', '0.00']);
    expect(await stateOf(market, case_)).toBe('deemed_accepted');
    expect(await timeBar.barLapsed(due)).toBe(0);
    expect(await postedSteps(id)).toBe(4);
  });

  it('the deadline is a local midnight, so many calendar days after the last step', async () => {
    const timezone = 'Pacific/Auckland';
    const case_ = await issued(market, [[100, 100]], {
      timezone,
      terms: { ...CHARGED, days: { disputeWindow: 3 } },
    });
    const { raisedAt, timeBarredAt } = await raised(market, case_, case_.deal.a);
    const expected = endOfLocalDayAfter(Date.parse(raisedAt), 3, timezone);
    expect(Date.parse(timeBarredAt)).toBe(expected);
    const local = new Date(timeBarredAt).toLocaleTimeString('en-GB', { timeZone: timezone });
    expect(local).toBe('00:00:00');
  });

  it('an escalated one is never time-barred', async () => {
    const case_ = await issued(market);
    const { a } = case_.deal;
    const { id } = await raised(market, case_, a);
    await stepped(market, id, 'escalate', a);
    await market.acting(TimeBarService).barLapsed(Date.now() + 3650 * DAY_MS);
    const { body } = await market.request('GET', `/v1/disputes/${id}`, { key: a.key });
    expect(body).toMatchObject({ state: 'escalated', withheldAmount: '40.00' });
    expect(await position(market, a)).toEqual(['60.00', '40.00', '0.00', '0.00']);
  });

  it('silence accepts a statement, and may still turn into a dispute until the window ends', async () => {
    const terms = { ...CHARGED, days: { acceptance: 2, disputeWindow: 20 } };
    const case_ = await issued(market, [[100, 100]], { terms });
    const { statement, deal } = case_;
    const life = market.acting(StatementLifeService);
    await life.deemDue(Date.parse(statement.acceptanceDue));
    expect(await stateOf(market, case_)).toBe('deemed_accepted');
    const caller = {
      kind: 'provider' as const,
      keyId: '01900000-0000-7000-8000-000000000001',
      scopes: [],
      proof: { kind: 'key' as const },
      providerId: deal.a.id,
      providerCode: deal.a.code,
    };
    const subject = { kind: 'line' as const, statementId: statement.id, lineId: case_.lineId };
    const input = {
      subject,
      reason: 'rate' as const,
      claim: { amount: '60.00' },
      evidence: { text: null, buckets: [] },
    };
    const end = Date.parse(statement.disputableUntil);
    await expect(
      market.acting(RaisingService, tenantOf(caller)).raise(caller, input, end),
    ).rejects.toMatchObject({
      code: 'dispute_window_over',
    });
    expect(await stateOf(market, case_)).toBe('deemed_accepted');
    const { dispute } = await market.acting(RaisingService, tenantOf(caller)).raise(caller, input, end - 1);
    expect(await stateOf(market, case_)).toBe('disputed');
    await market.acting(TimeBarService).barLapsed(dispute.lapsesAt!.getTime());
    expect(await stateOf(market, case_)).toBe('deemed_accepted');
  });
});

describe('a step that fails on its way', () => {
  it('has done nothing at all', async () => {
    const case_ = await issued(market);
    const { a, b } = case_.deal;
    const post = jest.spyOn(market.get(LedgerService), 'post');
    post.mockRejectedValueOnce(new Error('the ledger is gone'));
    expectProblem(await raise(market, case_, a), 500, 'internal_error');
    expect(
      (await market.request('GET', `/v1/disputes?statement=${case_.statement.id}`, a)).body.data,
    ).toEqual([]);
    expect(await stateOf(market, case_)).toBe('issued');
    const { id } = await raised(market, case_, a);
    await stepped(market, id, 'propose', b, { body: { resolution: { kind: 'amount', amount: '15.00' } } });
    post.mockRejectedValueOnce(new Error('the ledger is gone'));
    expectProblem(await step(market, id, 'consent', a), 500, 'internal_error');
    const { body } = await market.request('GET', `/v1/disputes/${id}`, { key: a.key });
    expect(body).toMatchObject({ state: 'proposed', withheldAmount: '40.00' });
    expect(body.steps).toHaveLength(2);
    expect(await market.database.query(`SELECT FROM concessions WHERE dispute_id = $1`, [id])).toEqual([]);
    expect(await stateOf(market, case_)).toBe('disputed');
    await stepped(market, id, 'consent', a);
    expect(await position(market, a)).toEqual(['100.00', '0.00', '0.00', '0.00']);
    post.mockRestore();
  });
});

describe('a step whose connection is killed in the middle', () => {
  it.each(['raise', 'consent'] as const)(
    'has done nothing at all, and can be taken again: %s',
    async (kind) => {
      const case_ = await issued(market);
      const { a, b } = case_.deal;
      let id = '';
      if (kind === 'consent') {
        ({ id } = await raised(market, case_, a));
        await stepped(market, id, 'propose', b, {
          body: { resolution: { kind: 'amount', amount: '15.00' } },
        });
      }
      const before = await position(market, a);
      const take = () => (kind === 'raise' ? raise(market, case_, a) : step(market, id, 'consent', a));
      // The step has written all but its postings when it waits for the books.
      const holder = new pg.Client({ connectionString: market.database.url });
      await holder.connect();
      await holder.query('BEGIN');
      await holder.query('SELECT FROM ledger_heads FOR UPDATE');
      const taking = take();
      await until('the step waits for the books', async () => {
        const { rows } = await holder.query<{ killed: boolean }>(
          `SELECT pg_terminate_backend(pid) AS killed FROM pg_stat_activity
          WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid)) AND application_name = 'peerledger test'`,
        );
        return rows.length > 0;
      });
      expect((await taking).status).toBeGreaterThanOrEqual(500);
      await holder.query('ROLLBACK');
      await holder.end();
      expect(await position(market, a)).toEqual(before);
      const { body } = await market.request('GET', `/v1/disputes?statement=${case_.statement.id}`, {
        key: a.key,
      });
      expect(body.data.map(({ state }: { state: string }) => state)).toEqual(
        kind === 'raise' ? [] : ['proposed'],
      );
      expect((await take()).status).toBe(kind === 'raise' ? 201 : 200);
      const expected =
        kind === 'raise' ? ['60.00', '40.00', '0.00', '0.00'] : ['100.00', '0.00', '0.00', '0.00'];
      expect(await position(market, a)).toEqual(expected);
    },
  );
});

describe('the books', () => {
  it('hold together after all of this', async () => {
    expect(await market.acting(LedgerService).verify()).toMatchObject({ ok: true });
  });
});
