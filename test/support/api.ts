import { expect } from '@jest/globals';
import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AccessModule, AccessService, SCOPES, type Scope } from '../../src/access/index.js';
import {
  connectDatabase,
  connectStreams,
  Database,
  DatabaseModule,
  OPERATOR,
  StreamDatabase,
  type Tenant,
} from '../../src/platform/database/index.js';
import { Config, readConfig } from '../../src/platform/config/index.js';
import { createHttpApp, HttpModule, type HttpAppOptions } from '../../src/platform/http/index.js';
import { createLogger } from '../../src/platform/telemetry/index.js';
import { ProvidersModule } from '../../src/providers/index.js';
import { actingFor } from './acting.js';
import { Contract, type Exchange } from './contract.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { UNTHROTTLED } from './unthrottled.js';

/** An answer, read to its end. */
export interface TestAnswer {
  status: number;
  headers: Headers;
  /** The parsed body where it is JSON. */
  body: any;
  text: string;
  bytes: Buffer;
}

export interface TestRequest {
  key?: string;
  /** A text or bytes go as they are; anything else as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** A running API with a database of its own. */
export interface TestApi {
  url: string;
  operatorKey: string;
  database: TestDatabase;
  /** The service's own connection pool, with its role. */
  pool: Database;
  /** Gives a provider of the Nest container. */
  get<T>(token: Type<T>): T;
  /** The same with its methods run for a tenant: the operator, unless another one is given. */
  acting<T extends object>(token: Type<T>, tenant?: Tenant): T;
  /**
   * POSTs get an Idempotency-Key unless they bring one, or `''` for none. Fails where the exchange is not as
   * `openapi.yaml` says.
   */
  request(method: string, path: string, options?: TestRequest): Promise<TestAnswer>;
  /** Registers a provider and makes it a key with these scopes. */
  provider(code: string, scopes?: readonly Scope[]): Promise<{ id: string; code: string; key: string }>;
  /** What was logged so far, one object a line. */
  logs(): Record<string, unknown>[];
  close(): Promise<void>;
}

/** What a provider's key may have. */
const ALL_SCOPES = SCOPES.filter((scope) => scope !== 'operator');

@Module({})
class TestRoot {}

@Module({})
class TestConfigModule {}

/** Starts the API on a free port with a cloned database, and with the rooms of `module` besides the basic ones. */
export async function startApi(
  module?: Type | DynamicModule,
  options: ServeOptions & { environment?: Record<string, string> } = {},
): Promise<TestApi> {
  const config = readConfig({ ...UNTHROTTLED, ...options.environment });
  return serve(
    (pool) => ({
      module: TestRoot,
      imports: [
        {
          module: TestConfigModule,
          global: true,
          providers: [{ provide: Config, useValue: config }],
          exports: [Config],
        },
        DatabaseModule.forRoot(pool),
        HttpModule,
        AccessModule,
        ProvidersModule,
        ...(module ? [module] : []),
      ],
    }),
    { ...options, partial: true },
  );
}

/** How the API is served. */
export type ServeOptions = Omit<HttpAppOptions, 'logger' | 'preview'> & {
  /** Connections for batches. */
  streams?: number;
  logLevel?: string;
  /** Whether only some of the documented routes are there. */
  partial?: boolean;
};

/** Starts the API of a root module, made from a cloned database, on a free port. */
export async function serve(
  makeRoot: (pool: Database, database: TestDatabase, streams: StreamDatabase) => DynamicModule,
  options: ServeOptions = {},
): Promise<TestApi> {
  const database = await createTestDatabase();
  const pool = await connectDatabase({ url: database.url, poolSize: 10, applicationName: 'peerledger test' });
  const streams = await connectStreams({
    url: database.url,
    poolSize: options.streams ?? 2,
    applicationName: 'peerledger test streams',
  });
  const lines: string[] = [];
  const app = await createHttpApp(makeRoot(pool, database, streams), {
    logger: createLogger({
      level: options.logLevel ?? 'info',
      destination: { write: (line: string) => void lines.push(line) },
    }),
    ...options,
  });
  await app.listen(0, '127.0.0.1');
  const url = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const { key: operatorKey } = await app.get(AccessService, { strict: false }).ensureOperatorKey();
  const request = requestsTo(url, options.partial);
  return {
    url,
    operatorKey: operatorKey as string,
    database,
    pool,
    get: (token) => app.get(token, { strict: false }),
    acting: (token, tenant = OPERATOR) => actingFor(pool, tenant, app.get(token, { strict: false })),
    request,
    provider: (code, scopes = ALL_SCOPES) => registerProvider(request, operatorKey as string, code, scopes),
    logs: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    close: async () => {
      await app.close();
      await streams.close();
      await pool.close();
      await database.drop();
    },
  };
}

/** Registers a provider and makes it a key with these scopes, all by default. */
export async function registerProvider(
  request: TestApi['request'],
  operatorKey: string,
  code: string,
  scopes: readonly Scope[] = ALL_SCOPES,
): Promise<{ id: string; code: string; key: string }> {
  const provider = await request('POST', '/v1/providers', {
    key: operatorKey,
    body: { code, name: `${code} Ltd`, asns: [64500], billingCurrency: 'USD' },
  });
  const apiKey = await request('POST', `/v1/providers/${code}/api-keys`, {
    key: operatorKey,
    body: { name: 'test', scopes },
  });
  if (provider.status !== 201 || apiKey.status !== 201) {
    throw new Error(`provider ${code} could not be set up: ${provider.text} ${apiKey.text}`);
  }
  return { id: provider.body.id, code, key: apiKey.body.key };
}

/** Requests to an API that fail where the exchange is not as `openapi.yaml` says. */
export function requestsTo(url: string, partial = false): TestApi['request'] {
  const contract = new Contract();
  return async (method, path, given = {}) => {
    const { answer, sent } = await send(url, method, path, given);
    const contentType = answer.headers.get('content-type') ?? '';
    const exchange = {
      method,
      path,
      sent,
      answer: { status: answer.status, contentType, text: answer.text, headers: answer.headers },
    };
    // A test's own routes, and documented ones that are not there.
    const isLeftOut = partial && (!contract.routeOf(method, path) || answer.body?.code === 'not_found');
    const fault = isLeftOut ? null : contract.faultIn(exchange);
    if (fault) throw new Error(fault);
    return answer;
  };
}

let nextKey = 0;

async function send(
  url: string,
  method: string,
  path: string,
  given: TestRequest,
): Promise<{ answer: TestAnswer; sent: Exchange['sent'] }> {
  const { key, body, headers = {} } = given;
  const raw = typeof body === 'string' || body instanceof Uint8Array;
  const sent: Record<string, string> = {
    ...(key !== undefined && { Authorization: `Bearer ${key}` }),
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
    ...(method === 'POST' && { 'Idempotency-Key': `test-${process.pid}-${nextKey++}` }),
    ...headers,
  };
  const present = Object.entries(sent).filter(([, value]) => value !== '');
  const content = raw
    ? (body as string | Uint8Array<ArrayBuffer>)
    : body === undefined
      ? undefined
      : JSON.stringify(body);
  const response = await fetch(url + path, {
    method,
    headers: Object.fromEntries(present),
    ...(content !== undefined && { body: content }),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const text = bytes.toString('utf8');
  const json = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
  const isPlain = typeof content === 'string';
  return {
    answer: {
      status: response.status,
      headers: response.headers,
      body: json ? JSON.parse(text) : undefined,
      text,
      bytes,
    },
    sent: isPlain && content !== '' ? { contentType: sent['Content-Type'] ?? '', text: content } : undefined,
  };
}

/** Holds an answer to the shape that every problem has, and to this status and code. */
export function expectProblem(answer: TestAnswer, status: number, code: string): void {
  expect({ status: answer.status, code: answer.body?.code }).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.body).toMatchObject({
    type: `/problems/${code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    request_id: answer.headers.get('x-request-id'),
  });
  expect(answer.body.instance).not.toContain('?');
  expect(answer.text).not.toMatch(/node_modules|\.ts:|SELECT/);
}
