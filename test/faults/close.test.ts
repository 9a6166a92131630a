import { until } from '../support/until.js';
import { Closing } from './closing.js';

let closing: Closing;

beforeAll(async () => {
  closing = await Closing.open();
});

beforeEach(() => closing.newDeal());

afterEach(() => closing.processes.cleanUp());

afterAll(() => closing.close());

describe('closes at once', () => {
  it('of one period, by ten requests and runs of the job in two processes, end in one statement', async () => {
    const jobs = await Promise.all(Array.from({ length: 10 }, () => closing.ask()));
    expect(new Set(jobs).size).toBe(1);
    // As a sweep does that believes the job lost: the same job again under other attempts.
    await closing.market.database.query(
      `INSERT INTO outbox (job_id, kind, attempt) SELECT $1, 'close_period', n FROM generate_series(1, 7) n`,
      [jobs[0]],
    );
    const held = await closing.holdCredits();
    await Promise.all([closing.worker().ready(), closing.worker().ready()]);
    await closing.closeWaits();
    await held.release();
    const done = await closing.market.job(jobs[0]!);
    expect(done).toMatchObject({ state: 'completed', result: { number: `${closing.deal.code}-0001` } });
    const [one, ...more] = await closing.statements();
    expect(more).toEqual([]);
    expect(one.id).toBe(done.result.statement);
    const again = await closing.market.job(await closing.ask());
    expect(again.result).toEqual(done.result);
  });

  it('of six periods in two processes get numbers without a gap', async () => {
    const periods = ['2025-03', '2025-04', '2025-05', '2025-06', '2025-07', '2025-08'];
    const jobs = await Promise.all(periods.map((period) => closing.ask(period)));
    await Promise.all([closing.worker().ready(), closing.worker().ready()]);
    for (const id of jobs) expect(await closing.market.job(id)).toMatchObject({ state: 'completed' });
    const issued = await closing.statements();
    expect(issued.map(({ period }) => period).sort()).toEqual(periods);
  });
});

describe('a worker that is killed in the middle of a close', () => {
  it('leaves nothing of it, and another ends it in one statement', async () => {
    const held = await closing.holdCredits();
    const first = await closing.worker().ready();
    const job = await closing.ask();
    await closing.closeWaits();
    await first.end('SIGKILL');
    await held.release();
    await until('the server has noticed', async () => (await closing.closesThatWait()) === 0);
    expect(await closing.statements()).toEqual([]);
    expect(
      (await closing.market.request('GET', `/v1/jobs/${job}`, { key: closing.deal.a.key })).body.state,
    ).toBe('running');
    await closing.worker().ready();
    expect(await closing.market.job(job)).toMatchObject({ state: 'completed' });
    expect(await closing.statements()).toHaveLength(1);
  });

  it('in which another took over while the first still hung ends in one statement, too', async () => {
    const held = await closing.holdCredits();
    const first = await closing.worker().ready();
    const job = await closing.ask();
    await closing.closeWaits();
    // It hangs, and gives no sign of life, but its transaction goes on when it wakes.
    first.child.kill('SIGSTOP');
    await closing.worker().ready();
    await closing.takeoverWaits();
    await held.release();
    first.child.kill('SIGCONT');
    expect(await closing.market.job(job)).toMatchObject({ state: 'completed' });
    expect(await closing.statements()).toHaveLength(1);
  });

  it('stops in order when it is asked to: the close is done first', async () => {
    const held = await closing.holdCredits();
    const first = await closing.worker().ready();
    const job = await closing.ask();
    await closing.closeWaits();
    first.child.kill('SIGTERM');
    await held.release();
    expect({ code: await first.ended(), stderr: first.stderr() }).toEqual({ code: 0, stderr: '' });
    const { body } = await closing.market.request('GET', `/v1/jobs/${job}`, { key: closing.deal.a.key });
    expect(body.state).toBe('completed');
  });
});
