import { Redis } from 'ioredis';
import { freePort } from '../support/processes.js';
import type { Service } from '../support/processes.js';
import { hasRedisServer, RedisServer } from '../support/redis-server.js';
import { until } from '../support/until.js';
import { Closing } from './closing.js';

if (hasRedisServer()) {
  describe('the queue on Redis', withRedis);
} else {
  it.skip('the queue on Redis: SKIPPED, since there is no redis-server in PATH', () => undefined);
}

function withRedis(): void {
  let redis: RedisServer;
  let closing: Closing;

  beforeAll(async () => {
    redis = await RedisServer.start();
    closing = await Closing.open();
  });

  beforeEach(() => closing.newDeal());

  afterEach(() => closing.processes.cleanUp());

  afterAll(async () => {
    await closing.close();
    await redis.remove();
  });

  // A stop waits for a rendering in the middle, which takes as long as the machine is busy.
  const worker = (more: Record<string, string> = {}): Service =>
    closing.worker({ REDIS_URL: redis.url, RENDER_AHEAD: 'no', ...more });

  async function onRedis<T>(work: (client: Redis) => Promise<T>): Promise<T> {
    const client = new Redis(redis.url);
    try {
      return await work(client);
    } finally {
      client.disconnect();
    }
  }

  const completed = (job: string): Promise<unknown> =>
    closing.market.job(job).then((done) => expect(done).toMatchObject({ state: 'completed' }));

  it('runs closes', async () => {
    const service = await worker().ready();
    await completed(await closing.ask());
    expect(await closing.statements()).toHaveLength(1);
    const keys = await onRedis((client) => client.keys('*'));
    expect(keys.some((key) => key.startsWith('peerledger:jobs'))).toBe(true);
    expect({ code: await service.end('SIGTERM'), stderr: service.stderr() }).toEqual({ code: 0, stderr: '' });
  });

  it('that is flushed in the middle of a close is filled again', async () => {
    const held = await closing.holdCredits();
    await worker({ WORKER_CONCURRENCY: '1' }).ready();
    const jobs = [await closing.ask()];
    await closing.closeWaits();
    jobs.push(await closing.ask('2025-04'));
    await until('the second job has left the outbox', async () => {
      return (await closing.market.database.query(`SELECT FROM outbox`)).length === 0;
    });
    await onRedis((client) => client.flushall());
    await held.release();
    for (const job of jobs) await completed(job);
    expect(await closing.statements()).toHaveLength(2);
  });

  it('that goes away and comes back with nothing is waited for', async () => {
    const port = await freePort();
    const held = await closing.holdCredits();
    const service = await worker({ WORKER_HEALTH_PORT: String(port) }).ready();
    const ready = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/health/ready`)).status;
    const first = await closing.ask();
    await closing.closeWaits();
    await redis.kill();
    await until('it says that it is not ready', async () => (await ready()) === 503);
    const second = await closing.ask('2025-04');
    await held.release();
    // What was in the middle does not need the queue.
    await completed(first);
    await redis.start();
    await completed(second);
    await until('it is ready again', async () => (await ready()) === 200);
    expect(await closing.statements()).toHaveLength(2);
    expect(service.isRunning()).toBe(true);
  });

  it('that is away does not hold up a stop', async () => {
    const service = await worker({ SHUTDOWN_TIMEOUT_S: '15' }).ready();
    await completed(await closing.ask());
    await redis.kill();
    try {
      // The outbox has something that cannot be put into the queue now.
      await closing.ask('2025-04');
      await until('the worker has noticed', () => service.stdout().includes('ECONNREFUSED'));
      expect({ code: await service.end('SIGTERM'), stderr: service.stderr() }).toEqual({
        code: 0,
        stderr: '',
      });
    } finally {
      await redis.start();
    }
    expect(await closing.market.database.query(`SELECT FROM outbox`)).toHaveLength(1);
  });
}
