import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { AppModule } from '../../src/app.module.js';
import { JobRunner } from '../../src/jobs/index.js';
import { readConfig } from '../../src/platform/config/index.js';
import { JobQueue } from '../../src/platform/queue/index.js';
import { compiledEntry } from './compile.js';
import { registerProvider, serve, type TestAnswer, type TestApi, type TestRequest } from './api.js';
import { UNTHROTTLED } from './unthrottled.js';
import { until } from './until.js';

export type Party = Awaited<ReturnType<TestApi['provider']>>;

/** A period that is over, with its cut-off and back-billing time, on any clock these tests run on. */
export const PERIOD = '2025-03';

/** A traffic record as it is sent. */
export interface Sent {
  id: string;
  direction: 'egress' | 'ingress';
  start: string;
  end: string;
  bytes: string | number;
  sourceRegion?: string;
  destinationRegion?: string;
  service?: string;
  customer?: string;
  chargedUnitPrice?: string;
  revision?: number;
  void?: boolean;
}

export interface PriceInput {
  side: 'egress' | 'ingress';
  unit: string;
  unitPrice: string;
  from?: string;
  region?: string;
}

/** An agreement in force between two providers of its own. */
export interface Deal {
  code: string;
  a: Party;
  b: Party;
}

export interface DealOptions {
  terms?: object;
  from?: string;
  timezone?: string;
  currency?: string;
  autoClose?: boolean;
  prices?: { a?: PriceInput[]; b?: PriceInput[] } | undefined;
}

export interface SendOptions {
  as?: 'json' | 'ndjson';
  gzip?: boolean;
  mode?: 'atomic' | 'partial';
  /** Without one the batch has no Idempotency-Key. */
  idempotencyKey?: string;
}

/** The whole service on a database of its own, with what every test of a deal starts from. */
export interface Market extends TestApi {
  queue: JobQueue;
  /** Two new providers with an agreement whose terms both accepted. */
  deal(options?: DealOptions): Promise<Deal>;
  /** Proposes terms as A and has B accept them. */
  agree(deal: Pick<Deal, 'code' | 'a' | 'b'>, terms: object, from?: string): Promise<TestAnswer>;
  addPrices(party: Party, prices: readonly PriceInput[]): Promise<TestAnswer>;
  send(
    deal: { code: string },
    party: { key: string },
    records: readonly unknown[],
    options?: SendOptions,
  ): Promise<TestAnswer>;
  /** The same, and fails unless all was taken. */
  take(...args: Parameters<Market['send']>): Promise<TestAnswer>;
  /** Waits until a job is finished. */
  job(id: string, key?: string): Promise<any>;
  /** Closes a period as the operator and gives A's view of the statement. */
  closePeriod(deal: Deal, period?: string): Promise<any>;
}

export interface MarketOptions {
  /** Runs jobs in this process. */
  worker?: boolean;
  environment?: Record<string, string>;
  redis?: { url: string; namespace: string };
}

let made = 0;

export async function startMarket(options: MarketOptions = {}): Promise<Market> {
  const config = readConfig({
    // The scheduler sleeps: a test closes what it wants closed.
    SCHEDULE_INTERVAL_S: '86400',
    // And asks for the renderings it looks at.
    RENDER_AHEAD: 'no',
    JOB_LOCK_MS: '1000',
    ...UNTHROTTLED,
    ...options.environment,
  });
  let queue: JobQueue | undefined;
  const api = await serve(
    (database, { url }, streams) => {
      const onError = (): void => undefined;
      const { redis } = options;
      queue = new JobQueue({
        databaseUrl: url,
        redisUrl: redis?.url,
        ...(redis && { namespace: redis.namespace }),
        onError,
      });
      return AppModule.forRoot({
        ...{ config, database, streams, queue },
        intakeThread: pathToFileURL(compiledEntry('src/traffic/intake/thread.ts')),
      });
    },
    {
      limits: { batch_bytes: config.JSON_BATCH_MAX_BYTES, stream_bytes: config.STREAM_MAX_BYTES },
      streams: config.STREAM_CONCURRENCY,
    },
  );
  const runner = options.worker ? api.get(JobRunner) : null;
  runner?.start();
  return {
    ...api,
    queue: queue!,
    ...dealsOver(api),
    close: async () => {
      await runner?.stop();
      await queue!.close();
      await api.close();
    },
  };
}

/** What every test of a deal starts from, over any running API. */
export function dealsOver(
  api: Pick<TestApi, 'request' | 'operatorKey'>,
): Omit<Market, keyof TestApi | 'queue'> {
  const agree: Market['agree'] = async ({ code, a, b }, terms, from = PERIOD) => {
    const proposed = await api.request('POST', `/v1/agreements/${code}/versions`, {
      key: a.key,
      body: { effectiveFrom: from, terms },
    });
    if (proposed.status !== 201) return proposed;
    const { version, sha256 } = proposed.body;
    return api.request('POST', `/v1/agreements/${code}/versions/${version}/accept`, {
      key: b.key,
      body: { sha256 },
    });
  };
  const addPrices: Market['addPrices'] = (party, prices) =>
    api.request('POST', `/v1/providers/${party.code}/list-prices`, {
      key: party.key,
      body: { prices: prices.map((price) => ({ from: '2020-01-01T00:00:00Z', ...price })) },
    });
  const deal: Market['deal'] = async (options = {}) => {
    const n = ++made;
    const register = (code: string) => registerProvider(api.request, api.operatorKey, code);
    const [a, b] = [await register(`alpha-${n}`), await register(`beta-${n}`)];
    const code = `deal-${n}`;
    const { timezone = 'Etc/UTC', currency = 'USD', autoClose = false, terms = FREE, from } = options;
    const agreement = { code, partyA: a.code, partyB: b.code, timezone, currency, autoClose };
    expectStatus(await api.request('POST', '/v1/agreements', { key: a.key, body: agreement }), 201);
    for (const [party, prices] of [
      [a, options.prices?.a],
      [b, options.prices?.b],
    ] as const) {
      if (prices) expectStatus(await addPrices(party, prices), 201);
    }
    expectStatus(await agree({ code, a, b }, terms, from), 200);
    return { code, a, b };
  };
  const send: Market['send'] = (to, party, records, options) =>
    api.request(
      'POST',
      `/v1/agreements/${to.code}/batches${options?.mode ? `?mode=${options.mode}` : ''}`,
      batchRequest(party.key, records, options),
    );
  const job: Market['job'] = async (id, key = api.operatorKey) =>
    until(`job ${id} is finished`, async () => {
      const { body } = await api.request('GET', `/v1/jobs/${id}`, { key });
      return ['completed', 'failed'].includes(body.state) && body;
    });
  return {
    agree,
    addPrices,
    deal,
    send,
    job,
    take: async (...args) => expectStatus(await send(...args), 201),
    closePeriod: async ({ code, a }, period = PERIOD) => {
      const path = `/v1/agreements/${code}/periods/${period}/close`;
      const asked = expectStatus(await api.request('POST', path, { key: api.operatorKey }), 202);
      const done = await job(asked.body.id);
      if (done.state !== 'completed') throw new Error(`The close failed: ${JSON.stringify(done.error)}`);
      const where = `/v1/statements/${done.result.statement}`;
      return expectStatus(await api.request('GET', where, { key: a.key }), 200).body;
    },
  };
}

/** Terms under which nobody pays anything, and nothing is zero-rated. */
export const FREE = { directions: { aToB: {}, bToA: {} } };

/** The request that carries records; mode is a query, so `path` matters to whoever builds its own. */
export function batchRequest(
  key: string,
  records: readonly unknown[],
  { as = 'json', gzip = false, idempotencyKey = '' }: SendOptions = {},
): TestRequest {
  const text =
    as === 'json' ? JSON.stringify({ records }) : records.map((each) => JSON.stringify(each)).join('\n');
  return {
    key,
    body: gzip ? gzipSync(text) : text,
    headers: {
      'Content-Type': as === 'json' ? 'application/json' : 'application/x-ndjson',
      'Idempotency-Key': idempotencyKey,
      ...(gzip && { 'Content-Encoding': 'gzip' }),
    },
  };
}

/** A record of an hour of {@link PERIOD}: `at` is day and hour, such as `05T13`. */
export function hourly(id: string, at: string, bytes: string | number, more: Partial<Sent> = {}): Sent {
  const start = `${PERIOD}-${at}:00:00Z`;
  const end = new Date(Date.parse(start) + 3_600_000).toISOString().replace('.000', '');
  return { id, direction: 'egress', start, end, bytes, ...more };
}

export function expectStatus(answer: TestAnswer, status: number): TestAnswer {
  if (answer.status !== status) throw new Error(`${answer.status} instead of ${status}: ${answer.text}`);
  return answer;
}
