import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import Fastify, { type FastifyInstance } from 'fastify';
import { DEFAULT_LIMITS } from '../../src/platform/http/index.js';
import { readBodies } from '../../src/platform/http/body/read-body.js';
import { until } from '../support/until.js';

const DEADLINE_MS = 60 * 60_000;

let app: FastifyInstance;

beforeAll(async () => {
  app = Fastify();
  readBodies(app, { ...DEFAULT_LIMITS, json_timeout_ms: DEADLINE_MS });
  const config = { readsStreams: true, consumes: ['application/json', 'application/x-ndjson'] };
  app.post('/refused', { config }, (_request, reply) => reply.code(403).send({ code: 'scope_missing' }));
  await app.listen({ port: 0 });
});

afterAll(() => app.close());

async function refused(type: string, encoding: string | null): Promise<number | undefined> {
  const request = httpRequest({
    port: (app.server.address() as AddressInfo).port,
    path: '/refused',
    method: 'POST',
    agent: false,
    headers: { 'content-type': type, ...(encoding !== null && { 'content-encoding': encoding }) },
  });
  request.end('{"records":[]}\n');
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'close');
  return response.statusCode;
}

it.each([
  ['application/json', null],
  ['application/json', 'gzip'],
  ['application/x-ndjson', null],
])('a body as %s (%s) that nobody reads is not waited for after the answer', async (type, encoding) => {
  const set = jest.spyOn(globalThis, 'setTimeout');
  const cleared = jest.spyOn(globalThis, 'clearTimeout');
  expect(await refused(type, encoding)).toBe(403);
  const deadlines = set.mock.results.filter((_, call) => set.mock.calls[call]![1] === DEADLINE_MS);
  expect(deadlines).toHaveLength(type === 'application/json' ? 1 : 0);
  for (const { value } of deadlines)
    await until('the deadline is off', () => cleared.mock.calls.some(([timer]) => timer === value), 5_000);
});

afterEach(() => {
  jest.restoreAllMocks();
});
