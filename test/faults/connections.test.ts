import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { expectComplaint, Processes, type Service } from '../support/processes.js';
import { until } from '../support/until.js';

const processes = new Processes();
let service: Service;
let key: string;
beforeAll(async () => {
  service = await processes.main({ DATA_DIR: processes.folder() }).ready();
  key = await reporter();
});
afterAll(() => processes.cleanUp());

async function open(): Promise<Socket> {
  const { hostname, port } = new URL(service.url());
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  // Unread, an answer would keep the socket from ever closing.
  socket.resume();
  await once(socket, 'connect');
  return socket;
}

async function call(path: string, body?: object): Promise<{ status: number; body: any }> {
  const response = await fetch(service.url() + path, {
    method: body ? 'POST' : 'GET',
    headers: {
      Authorization: `Bearer ${service.operatorKey()}`,
      ...(body && {
        'Content-Type': 'application/json',
        'Idempotency-Key': JSON.stringify(body).slice(0, 200),
      }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

/** A key that may report traffic, of a party of an agreement. */
async function reporter(): Promise<string> {
  for (const code of ['alpha', 'beta']) {
    await call('/v1/providers', { code, name: code, asns: [64500], billingCurrency: 'USD' });
  }
  const agreement = { code: 'deal', partyA: 'alpha', partyB: 'beta', timezone: 'Etc/UTC', currency: 'USD' };
  expect((await call('/v1/agreements', agreement)).status).toBe(201);
  const made = await call('/v1/providers/alpha/api-keys', { name: 'report', scopes: ['traffic:write'] });
  return made.body.key as string;
}

test.each(['json', 'x-ndjson'])(
  'clients that vanish in the middle of a %s body do not end the service',
  async (type) => {
    for (const vanish of ['end', 'destroy', 'resetAndDestroy'] as const) {
      const socket = await open();
      const head = [
        'POST /v1/agreements/deal/batches HTTP/1.1',
        'Host: test',
        `Authorization: Bearer ${key}`,
        `Content-Type: application/${type}`,
        'Content-Length: 100000',
        '',
        '{"id":',
      ];
      socket.write(head.join('\r\n'));
      await until('the service reads', () => socket.bytesWritten > 0 && socket.writableLength === 0);
      socket[vanish]();
      await once(socket, 'close');
      expect((await call('/health/live')).status).toBe(200);
    }
    expect(service.isRunning()).toBe(true);
  },
);

test('a taken port is one sentence and nothing else', async () => {
  const other = processes.main({ DATA_DIR: processes.folder(), PORT: new URL(service.url()).port });
  await expectComplaint(other, /^Port \d+ on 127\.0\.0\.1 is taken/);
  expect(other.stdout()).toBe('');
});

test('connections that never asked anything do not hold up a stop, and a stop complains of nothing', async () => {
  const silent = [await open(), await open()];
  const closed = silent.map((socket) => once(socket, 'close'));
  expect(await service.end('SIGTERM')).toBe(0);
  await Promise.all(closed);
  expect(service.stderr()).toBe('');
  expect(service.stdout()).not.toMatch(/"level":"(warn|error|fatal)".*(queue|57P01)/);
});
