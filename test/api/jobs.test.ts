import { JobRunner, JobsService } from '../../src/jobs/index.js';
import { OPERATOR } from '../../src/platform/database/index.js';
import { expectProblem, type TestAnswer } from '../support/api.js';
import {
  expectStatus,
  FREE,
  hourly,
  PERIOD,
  startMarket,
  type Deal,
  type Market,
} from '../support/market.js';
import { until } from '../support/until.js';

let market: Market;

beforeAll(async () => {
  market = await startMarket({ worker: true });
});

afterAll(() => market.close());

const close = (deal: { code: string }, key: string, period = PERIOD) =>
  market.request('POST', `/v1/agreements/${deal.code}/periods/${period}/close`, {
    key,
    headers: { 'Idempotency-Key': '' },
  });
const get = (path: string, key: string) => market.request('GET', path, { key });
/** The current month of a clock in UTC, which never has ended. */
const current = (): string => new Date().toISOString().slice(0, 7);

function anonymous({ status, body }: TestAnswer): object {
  return { status, ...body, request_id: '', instance: '' };
}

/** Server-sent events until the server ends the stream. */
async function events(path: string, key: string): Promise<{ event: string; data: any }[]> {
  const answer = await get(path, key);
  expectStatus(answer, 200);
  expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const blocks = answer.text.split('\n\n').filter((block) => block.trim() !== '');
  return blocks.map((block) => {
    const fields = Object.fromEntries(
      block
        .trim()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
    );
    return { event: fields.event!, data: JSON.parse(fields.data!) };
  });
}

describe('a job that works in a transaction', () => {
  it('tells how far it is meanwhile, and lets its sign of life through', async () => {
    let end: () => void = () => undefined;
    const ending = new Promise<void>((resolve) => (end = resolve));
    market.get(JobRunner).handle('slow', {
      actsFor: () => Promise.resolve(OPERATOR),
      run: (_subject, report) =>
        market.pool.transaction(async () => {
          await report(3, 7);
          await ending;
          return {};
        }),
    });
    const work = { kind: 'slow', subject: 'one', ownerIds: [] };
    const { job } = await market.pool.transactionFor(OPERATOR, (tx) =>
      market.get(JobsService).enqueue(tx, work),
    );
    const { id } = job;
    const shown = async (): Promise<any> => (await get(`/v1/jobs/${id}`, market.operatorKey)).body;
    const early = await until('it tells how far it is', async () => {
      const job = await shown();
      return job.progress.done === 3 && job;
    });
    await until('it gives a sign of life', async () => (await shown()).updatedAt > early.updatedAt);
    end();
    expect(await market.job(id)).toMatchObject({ state: 'completed', progress: { done: 7, total: 7 } });
  });
});

describe('a close', () => {
  it('is a job whose owners can follow it to the statement', async () => {
    const deal = await market.deal();
    await market.take(deal, deal.a, [hourly('r1', '05T00', 1)]);
    const asked = await close(deal, deal.a.key);
    expect(asked.status).toBe(202);
    expect(asked.headers.get('location')).toBe(`/v1/jobs/${asked.body.id}`);
    expect(asked.body).toMatchObject({ kind: 'close_period', progress: { done: 0 } });
    expect(['queued', 'running']).toContain(asked.body.state);
    const done = await market.job(asked.body.id, deal.b.key);
    expect(done).toMatchObject({
      state: 'completed',
      progress: { done: 1, total: 1 },
      result: { number: `${deal.code}-0001` },
    });
    expect(done.error).toBeUndefined();
    const statement = await get(done.result.url, deal.b.key);
    expect(statement.body.id).toBe(done.result.statement);
    const listed = await get(`/v1/statements?agreement=${deal.code}`, deal.b.key);
    expect(listed.body.data).toEqual([statement.body]);
  });

  it('asked for again, by anybody and at once, ends in the same statement', async () => {
    const deal = await market.deal();
    const asked = await Promise.all(
      Array.from({ length: 6 }, (_, n) => close(deal, [deal.a.key, deal.b.key, market.operatorKey][n % 3]!)),
    );
    expect(asked.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202, 202]);
    const results = await Promise.all(asked.map(({ body }) => market.job(body.id)));
    const later = await market.job((await close(deal, deal.b.key)).body.id);
    expect(new Set([...results, later].map(({ result }) => result.statement)).size).toBe(1);
  });

  it('waits for the period’s end, whoever asks', async () => {
    const deal = await market.deal();
    for (const key of [deal.a.key, market.operatorKey]) {
      expectProblem(await close(deal, key, current()), 409, 'period_not_ended');
    }
    // West of Greenwich the month is not over at its end in UTC; the detail names the zone's own end.
    const west = await market.deal({ timezone: 'America/New_York' });
    const answer = await close(west, market.operatorKey, current());
    expect(answer.body.detail).toMatch(/T0[45]:00:00Z/);
  });

  it('waits for the cut-off when a party asks, but not for the operator', async () => {
    // A cut-off so late that last month's has not come yet.
    const deal = await market.deal({ terms: { ...FREE, days: { cutOff: 90 } } });
    const last = new Date();
    last.setUTCDate(0);
    const period = last.toISOString().slice(0, 7);
    expectProblem(await close(deal, deal.b.key, period), 409, 'before_cut_off');
    const asked = expectStatus(await close(deal, market.operatorKey, period), 202);
    expect(await market.job(asked.body.id)).toMatchObject({ state: 'completed' });
    // Whoever asks for what is issued already is still told the rule.
    expectProblem(await close(deal, deal.b.key, period), 409, 'before_cut_off');
  });

  it('of a period without terms, or of none, is refused', async () => {
    const deal = await market.deal();
    expectProblem(await close(deal, deal.a.key, '2025-02'), 409, 'agreement_not_in_force');
    expect((await close(deal, deal.a.key, 'now')).status).toBeGreaterThanOrEqual(400);
  });

  it('needs the scope', async () => {
    const deal = await market.deal();
    const key = await market.request('POST', `/v1/providers/${deal.a.code}/api-keys`, {
      key: market.operatorKey,
      body: { name: 'reporter', scopes: ['traffic:write'] },
    });
    expectProblem(await close(deal, key.body.key), 403, 'insufficient_scope');
  });
});

describe('a job', () => {
  it('is nobody else’s: a stranger finds nothing', async () => {
    const [deal, other] = [await market.deal(), await market.deal()];
    const { id } = (await close(deal, deal.a.key)).body;
    await market.job(id, deal.a.key);
    for (const path of ['', '/events']) {
      const theirs = await get(`/v1/jobs/${id}${path}`, other.a.key);
      const nothing = await get(`/v1/jobs/${deal.a.id}${path}`, other.a.key);
      expectProblem(theirs, 404, 'job_not_found');
      expect(anonymous(theirs)).toEqual(anonymous(nothing));
      expectProblem(await get(`/v1/jobs/x${path}`, other.a.key), 404, 'job_not_found');
    }
  });

  it('tells its changes as server-sent events until it is finished', async () => {
    const deal = await market.deal();
    const { id } = (await close(deal, deal.a.key)).body;
    const seen = await events(`/v1/jobs/${id}/events`, deal.b.key);
    expect(seen.every(({ event, data }) => event === 'job' && data.id === id)).toBe(true);
    expect(seen.at(-1)!.data).toMatchObject({ state: 'completed', result: { number: `${deal.code}-0001` } });
    expect(seen.slice(0, -1).every(({ data }) => ['queued', 'running'].includes(data.state))).toBe(true);
    // Who comes late gets the end at once.
    expect(await events(`/v1/jobs/${id}/events`, deal.a.key)).toMatchObject([
      { data: { state: 'completed' } },
    ]);
  });
});

describe('the scheduler', () => {
  it('closes what is past its cut-off, once both had accepted before it ended, and leaves the rest', async () => {
    const scheduled = await startMarket({ worker: true, environment: { SCHEDULE_INTERVAL_S: '1' } });
    try {
      const [due, manual, old] = [
        await scheduled.deal({ autoClose: true }),
        await scheduled.deal(),
        await scheduled.deal({ autoClose: true }),
      ];
      // As if the terms had been accepted in March 2025; the agreement ends, so that one period is due.
      await scheduled.database.query(
        `UPDATE agreement_versions SET in_force_at = '2025-03-20T00:00:00Z'
          WHERE agreement_id IN (SELECT id FROM agreements WHERE code = ANY ($1))`,
        [[due.code, manual.code]],
      );
      await scheduled.database.query(`UPDATE agreements SET last_period = '2025-04' WHERE code = ANY ($1)`, [
        [due.code, manual.code, old.code],
      ]);
      const statements = async (deal: Deal): Promise<string[]> => {
        const path = `/v1/statements?agreement=${deal.code}`;
        const { body } = await scheduled.request('GET', path, { key: deal.a.key });
        return body.data.map(({ period }: { period: string }) => period);
      };
      await until('both due periods are closed', async () => (await statements(due)).length === 2);
      expect(await statements(due)).toEqual(['2025-04', '2025-03']);
      expect([await statements(manual), await statements(old)]).toEqual([[], []]);
    } finally {
      await scheduled.close();
    }
  });
});
