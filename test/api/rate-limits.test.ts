import { Redis } from 'ioredis';
import { Quota, Counters, type SharedCounter } from '../../src/platform/limits/index.js';
import { newApiKey } from '../../src/access/index.js';
import { expectProblem, startApi, type TestAnswer, type TestApi } from '../support/api.js';
import { createTestDatabase } from '../support/database.js';
import { connectDatabase } from '../../src/platform/database/index.js';
import { hasRedisServer, RedisServer } from '../support/redis-server.js';
import { until } from '../support/until.js';

/** Counts in memory, and how often it was asked. */
class CountingCounter implements SharedCounter {
  asked = 0;
  fails = false;
  hangs = false;
  private readonly counts = new Map<string, number>();

  add(subject: string, amount: number): Promise<{ count: number; resets_ms: number }> {
    this.asked++;
    if (this.hangs) return new Promise(() => undefined);
    if (this.fails) return Promise.reject(new Error('away'));
    const count = (this.counts.get(subject) ?? 0) + amount;
    this.counts.set(subject, count);
    return Promise.resolve({ count, resets_ms: 60_000 });
  }
}

async function allowed(quota: Quota, subject: string, tries: number): Promise<number> {
  const all = await Promise.all(Array.from({ length: tries }, () => quota.take(subject)));
  return all.filter(({ isAllowed }) => isAllowed).length;
}

describe('a quota', () => {
  it.each([1, 7, 100, 250, 1000])('of %d allows so many, also in many processes together', async (limit) => {
    const counter = new CountingCounter();
    const processes = [1, 2, 3].map(() => new Quota({ limit, window_s: 60, counter }));
    let total = 0;
    for (let round = 0; round < 3; round++) {
      for (const quota of processes) total += await allowed(quota, 'a', Math.ceil(limit / 2));
    }
    expect(total).toBe(limit);
    for (const quota of processes)
      expect(await quota.take('a')).toMatchObject({ isAllowed: false, remaining: 0 });
  });

  it('of one is not touched by what others use up', async () => {
    const quota = new Quota({ limit: 10, window_s: 60, counter: new CountingCounter() });
    expect(await allowed(quota, 'flood', 1000)).toBe(10);
    expect(await allowed(quota, 'calm', 10)).toBe(10);
  });

  it('asks the counter once in many requests, and never again in a flood', async () => {
    const counter = new CountingCounter();
    const quota = new Quota({ limit: 1000, window_s: 60, counter });
    expect(await allowed(quota, 'a', 1000)).toBe(1000);
    expect(counter.asked).toBe(100);
    await allowed(quota, 'a', 1);
    const { asked } = counter;
    expect(await allowed(quota, 'a', 10_000)).toBe(0);
    expect(counter.asked).toBe(asked);
    expect(quota.refusal('a')).toMatchObject({ isAllowed: false });
    expect(quota.refusal('b')).toBeNull();
  });

  it('says what is left', async () => {
    const quota = new Quota({ limit: 500, window_s: 60, counter: new CountingCounter() });
    expect(await quota.take('a')).toEqual({ isAllowed: true, remaining: 499, resets_s: 60 });
    expect(await quota.take('a')).toEqual({ isAllowed: true, remaining: 498, resets_s: 60 });
  });

  it('is there again when its window is over', async () => {
    const quota = new Quota({ limit: 2, window_s: 0.05, counter: null });
    expect(await allowed(quota, 'a', 5)).toBe(2);
    await until('the window is over', async () => (await quota.take('a')).isAllowed);
  });

  it.each(['fails', 'hangs'] as const)(
    'is counted by the process alone while the counter %s',
    async (how) => {
      const counter = new CountingCounter();
      counter[how] = true;
      const failures: unknown[] = [];
      const quota = new Quota({
        limit: 5,
        window_s: 60,
        counter,
        onFailure: (error) => failures.push(error),
      });
      const began_ms = performance.now();
      expect(await allowed(quota, 'a', 20)).toBe(5);
      expect(performance.now() - began_ms).toBeLessThan(2_000);
      expect({ asked: counter.asked, failures: failures.length }).toEqual({ asked: 1, failures: 1 });
    },
  );

  it('keeps a bounded number of subjects in mind', async () => {
    const quota = new Quota({ limit: 1, window_s: 60, counter: null });
    for (let n = 0; n < 50_010; n++) await quota.take(String(n));
    expect((await quota.take('50009')).isAllowed).toBe(false);
    expect((await quota.take('0')).isAllowed).toBe(true);
  });
});

describe('counts in PostgreSQL', () => {
  it('add up for all processes, by kind and subject, and begin anew with the next window', async () => {
    const database = await createTestDatabase();
    const pools = await Promise.all(
      [1, 2].map((n) => connectDatabase({ url: database.url, poolSize: 4, applicationName: `limits ${n}` })),
    );
    const [one, two] = pools.map((pool) => new Counters({ database: pool, window_s: 1 }).of('key'));
    const counts = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => (await (n % 2 ? one! : two!).add('a', 5)).count),
    );
    expect(Math.max(...counts)).toBe(200);
    expect(new Set(counts).size).toBe(40);
    const { count, resets_ms } = await new Counters({ database: pools[0]!, window_s: 1 })
      .of('other')
      .add('a', 1);
    expect(count).toBe(1);
    expect(resets_ms).toBeGreaterThan(0);
    expect(resets_ms).toBeLessThanOrEqual(1_000);
    await until('the window is over', async () => (await one!.add('a', 1)).count <= 2);
    for (const pool of pools) await pool.close();
    await database.drop();
  });
});

const withRedis = hasRedisServer() ? describe : describe.skip;
withRedis('counts in Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.remove());

  it('add up for all processes, and leave nothing behind after the window', async () => {
    const options = { database: null as never, redisUrl: redis.url, window_s: 1 };
    const stores = [new Counters(options), new Counters(options)];
    const [one, two] = stores.map((store) => store.of('key'));
    const counts = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => (await (n % 2 ? one! : two!).add('a', 5)).count),
    );
    expect(Math.max(...counts)).toBe(200);
    const client = new Redis(redis.url);
    await until('nothing is left', async () => (await client.keys('peerledger:rate:*')).length === 0);
    client.disconnect();
    for (const store of stores) store.close();
  });

  it('are done without while it is away: nobody is refused, and it is told', async () => {
    const environment = { REDIS_URL: redis.url, RATE_LIMIT_PER_KEY: '5000', RATE_LIMIT_WINDOW_S: '1' };
    const api = await startApi(undefined, { environment });
    const get = () => api.request('GET', '/v1/providers', { key: api.operatorKey });
    expect((await get()).headers.get('ratelimit')).toMatch(/^"key";r=4999;t=1$/);
    await redis.kill();
    const failed = await until('a count failed', async () => {
      expect((await get()).status).toBe(200);
      const { text } = await api.request('GET', '/metrics');
      return /^peerledger_rate_limit_failures_total [1-9]/m.test(text);
    });
    expect(failed).toBe(true);
    const warnings = () => api.logs().filter(({ consequence }) => consequence !== undefined);
    expect(warnings()).toHaveLength(1);
    await redis.start();
    await until('it counts again', async () => {
      await get();
      return api.logs().some(({ msg }) => msg === 'rate limits are counted for all processes again');
    });
    await api.close();
  });
});

describe('the API', () => {
  const environment = {
    RATE_LIMIT_PER_KEY: '20',
    RATE_LIMIT_PER_PROVIDER: '30',
    RATE_LIMIT_PER_ADDRESS: '25',
    RATE_LIMIT_WINDOW_S: '3600',
  };
  let api: TestApi;
  beforeAll(async () => {
    // The operator's own calls count too; provider() makes two.
    api = await startApi(undefined, { environment });
  });
  afterAll(() => api.close());

  const get = (key: string, path = '/v1/providers'): Promise<TestAnswer> => api.request('GET', path, { key });

  function expectLimited(answer: TestAnswer, policy: string): void {
    expectProblem(answer, 429, 'rate_limited');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(3_500);
    expect(answer.headers.get('ratelimit')).toMatch(new RegExp(`"${policy}";r=0;t=\\d+`));
    expect(answer.headers.get('ratelimit-policy')).toContain(`"${policy}";q=`);
  }

  it('says on every answer what is left, on errors and replays too', async () => {
    const { key } = await api.provider('headers');
    const first = await get(key);
    expect(first.headers.get('ratelimit-policy')).toBe('"key";q=20;w=3600, "provider";q=30;w=3600');
    expect(first.headers.get('ratelimit')).toMatch(/^"key";r=19;t=3600, "provider";r=29;t=3600$/);
    const missing = await get(key, '/v1/providers/nobody');
    expect(missing.status).toBe(404);
    expect(missing.headers.get('ratelimit')).toMatch(/^"key";r=18;/);
    const invalid = await api.request('POST', '/v1/providers/headers/list-prices', { key, body: '{' });
    expect(invalid.status).toBe(400);
    expect(invalid.headers.get('ratelimit')).toMatch(/^"key";r=17;/);
  });

  it('refuses a key that calls too often, and no other', async () => {
    const { key } = await api.provider('flood');
    const { key: calm } = await api.provider('calm');
    const answers = await Promise.all(Array.from({ length: 25 }, () => get(key)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    for (const answer of answers.filter(({ status }) => status !== 200)) expectLimited(answer, 'key');
    expect((await get(calm)).status).toBe(200);
    const { text } = await api.request('GET', '/metrics');
    expect(text).toMatch(/^peerledger_rate_limited_requests_total\{policy="key"\} 5$/m);
  });

  it('refuses a provider whose keys together call too often, and no other', async () => {
    const { key, code } = await api.provider('both-keys');
    const second = await api.request('POST', `/v1/providers/${code}/api-keys`, {
      key,
      body: { name: 'second', scopes: ['traffic:read'] },
    });
    const used = await Promise.all(Array.from({ length: 19 }, () => get(key)));
    expect(used.every(({ status }) => status === 200)).toBe(true);
    const answers = await Promise.all(Array.from({ length: 15 }, () => get(second.body.key)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expectLimited(
      answers.find(({ status }) => status !== 200)!,
      'provider',
    );
  });

  it('costs no query once it refuses', async () => {
    const { key } = await api.provider('no-query');
    await Promise.all(Array.from({ length: 25 }, () => get(key)));
    const before = await writesTo();
    await Promise.all(Array.from({ length: 50 }, () => get(key)));
    expect(await writesTo()).toBe(before);
  });

  /** How often the shared counts were written, as PostgreSQL counts it. */
  async function writesTo(): Promise<number> {
    const [row] = await api.database.query<{ points: string }>(
      `SELECT sum(points) AS points FROM rate_limits`,
    );
    return Number(row!.points);
  }
});

describe('strangers', () => {
  const environment = { RATE_LIMIT_PER_ADDRESS: '10', RATE_LIMIT_WINDOW_S: '3600' };
  let api: TestApi;
  beforeEach(async () => {
    api = await startApi(undefined, { environment, trustedProxies: ['127.0.0.1'] });
  });
  afterEach(() => api.close());

  const from = (address: string, path: string, key?: string): Promise<TestAnswer> =>
    api.request('GET', path, {
      ...(key !== undefined && { key }),
      headers: { 'X-Forwarded-For': address },
    });

  it('may guess so many keys, and then nothing is looked up for them', async () => {
    const statuses = [];
    for (let n = 0; n < 12; n++)
      statuses.push((await from('192.0.2.1', '/v1/providers', newApiKey())).status);
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    const refused = await from('192.0.2.1', '/v1/providers', newApiKey());
    expectProblem(refused, 429, 'rate_limited');
    expect(refused.headers.get('ratelimit-policy')).toBe('"address";q=10;w=3600');
    expect(refused.headers.get('ratelimit')).toMatch(/^"address";r=0;t=\d+$/);
    // A valid key that was never seen here is not looked up either: guessing must not be worth it.
    const { key } = await api.provider('never-seen');
    expect((await from('192.0.2.1', '/v1/providers', key)).status).toBe(429);
    expect((await from('192.0.2.2', '/v1/providers', key)).status).toBe(200);
  });

  it('do not use up what others at their address have, who show a key that is known', async () => {
    const { key } = await api.provider('same-address');
    expect((await from('192.0.2.3', '/v1/providers', key)).status).toBe(200);
    for (let n = 0; n < 20; n++) await from('192.0.2.3', '/v1/providers', newApiKey());
    expect((await from('192.0.2.3', '/v1/providers')).status).toBe(429);
    expect((await from('192.0.2.3', '/v1/providers', key)).status).toBe(200);
    const revoked = await api.request('GET', '/v1/providers/same-address/api-keys', { key: api.operatorKey });
    await api.request('DELETE', `/v1/providers/same-address/api-keys/${revoked.body.data[0].id}`, {
      key: api.operatorKey,
    });
    expect((await from('192.0.2.3', '/v1/providers', key)).status).toBe(401);
  });

  it('are those of a whole network where addresses are IPv6', async () => {
    for (let n = 0; n < 12; n++) await from(`2001:db8::${n + 1}`, '/v1/providers');
    expect((await from('2001:db8::ffff', '/v1/providers')).status).toBe(429);
    expect((await from('2001:db8:0:1::1', '/v1/providers')).status).toBe(401);
  });

  it('read public documents within the same limit, and probes without any', async () => {
    for (let n = 0; n < 10; n++) expect((await from('192.0.2.4', '/problems')).status).toBe(200);
    const refused = await from('192.0.2.4', '/docs');
    expectProblem(refused, 429, 'rate_limited');
    for (const path of ['/health/live', '/health/ready', '/metrics']) {
      const answer = await from('192.0.2.4', path);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('ratelimit')).toBeNull();
    }
  });
});
