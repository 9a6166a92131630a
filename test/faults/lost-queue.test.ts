import { freePort, type Service } from '../support/processes.js';
import { until } from '../support/until.js';
import { Closing } from './closing.js';

let closing: Closing;

beforeAll(async () => {
  closing = await Closing.open();
});

beforeEach(() => closing.newDeal());

afterEach(() => closing.processes.cleanUp());

afterAll(() => closing.close());

describe('a queue that lost everything', () => {
  /** One close in the middle, and another behind it in the queue. */
  async function underWay(): Promise<{ service: Service; jobs: string[]; release: () => Promise<void> }> {
    const { release } = await closing.holdCredits();
    const service = await closing.worker({ WORKER_CONCURRENCY: '1' }).ready();
    const jobs = [await closing.ask()];
    await closing.closeWaits();
    jobs.push(await closing.ask('2025-04'));
    await until('the second job has left the outbox', async () => {
      return (await closing.market.database.query(`SELECT FROM outbox`)).length === 0;
    });
    return { service, jobs, release };
  }

  it('while the workers were down is made again from the database', async () => {
    const { service, jobs, release } = await underWay();
    await service.end('SIGKILL');
    await release();
    await closing.market.database.query(`DROP SCHEMA bullmq CASCADE`);
    await closing.worker().ready();
    for (const id of jobs) expect(await closing.market.job(id)).toMatchObject({ state: 'completed' });
    expect(await closing.statements()).toHaveLength(2);
  });

  it('under a running worker is filled again', async () => {
    const { service, jobs, release } = await underWay();
    const tables = await closing.market.database.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
        WHERE schemaname = 'bullmq' AND tablename NOT LIKE '%migration%'`,
    );
    await closing.market.database.query(`TRUNCATE ${tables.map(({ name }) => name).join(', ')}`);
    await release();
    for (const id of jobs) expect(await closing.market.job(id)).toMatchObject({ state: 'completed' });
    expect(await closing.statements()).toHaveLength(2);
    expect(service.isRunning()).toBe(true);
  });
});

describe('a worker whose connections are cut', () => {
  it('lives on, and ends what it had begun', async () => {
    const port = await freePort();
    const held = await closing.holdCredits();
    const service = await closing.worker({ WORKER_HEALTH_PORT: String(port) }).ready();
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
    const job = await closing.ask();
    await closing.closeWaits();
    await closing.market.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()
          AND (application_name = 'peerledger worker' OR query ILIKE '%bullmq%')`,
    );
    await held.release();
    expect(await closing.market.job(job)).toMatchObject({ state: 'completed' });
    expect(await closing.statements()).toHaveLength(1);
    expect(service.isRunning()).toBe(true);
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
  });
});
