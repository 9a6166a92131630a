import { connect } from 'node:net';
import { join } from 'node:path';
import { createTestDatabase } from '../support/database.js';
import { serverProcesses } from '../support/embedded-owners.js';
import { expectComplaint, Processes, type Service } from '../support/processes.js';
import { until } from '../support/until.js';

const processes = new Processes();
const PROVIDER = { code: 'alpha', name: 'Alpha', asns: [64500], billingCurrency: 'USD' };

afterAll(() => processes.cleanUp());

async function call(url: string, method: string, path: string, key: string, body?: unknown) {
  const response = await fetch(url + path, {
    method,
    headers: {
      Authorization: `Bearer ${key}`,
      'Idempotency-Key': `${Math.random()}`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as any };
}

describe('the service on its embedded database', () => {
  it('starts, stops, is killed and goes on with its data', async () => {
    const DATA_DIR = processes.folder();
    const serversLeft = (): number => serverProcesses(join(DATA_DIR, 'postgresql')).length;
    const first = await processes.main({ DATA_DIR }).ready();
    const key = first.operatorKey()!;
    expect(first.stdout().split(key)).toHaveLength(2);
    const made = await call(first.url(), 'POST', '/v1/providers', key, PROVIDER);
    expect(made.status).toBe(201);

    const second = processes.main({ DATA_DIR });
    await expectComplaint(second, /data directory .* is in use|in use/i);
    expect((await call(first.url(), 'GET', '/v1/providers/alpha', key)).body).toEqual(made.body);

    expect({ code: await first.end('SIGTERM'), stderr: first.stderr() }).toEqual({ code: 0, stderr: '' });
    expect(serversLeft()).toBe(0);

    const third = await processes.main({ DATA_DIR }).ready();
    expect(third.operatorKey()).toBeUndefined();
    expect((await call(third.url(), 'GET', '/v1/providers/alpha', key)).body).toEqual(made.body);
    const beta = await call(third.url(), 'POST', '/v1/providers', key, { ...PROVIDER, code: 'beta' });
    expect(await third.end('SIGKILL')).toBe('SIGKILL');

    const fourth = await processes.main({ DATA_DIR }).ready();
    expect((await call(fourth.url(), 'GET', '/v1/providers/beta', key)).body).toEqual(beta.body);
    expect(await fourth.end('SIGINT')).toBe(0);
    expect(serversLeft()).toBe(0);
  });

  it('ends with 0 and leaves nothing when it is told to stop while it starts', async () => {
    const DATA_DIR = processes.folder();
    const service = processes.main({ DATA_DIR });
    await until('the server is being made', () => serverProcesses(join(DATA_DIR, 'postgresql')).length > 0);
    const code = await service.end('SIGTERM');
    expect({ code, stderr: service.stderr() }).toEqual({ code: 0, stderr: '' });
    expect(serverProcesses(join(DATA_DIR, 'postgresql'))).toEqual([]);
  });
});

describe('a stop', () => {
  /** A request whose body is still on its way, from a client that never closes its connection itself. */
  async function slowRequest(service: Service, key: string) {
    const body = JSON.stringify({ ...PROVIDER, code: `slow-${service.pid}` });
    const { hostname, port } = new URL(service.url());
    const socket = connect(Number(port), hostname);
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
    const closed = new Promise<string>((resolve) => socket.on('end', () => resolve(received)));
    const head = [
      'POST /v1/providers HTTP/1.1',
      'Host: test',
      `Authorization: Bearer ${key}`,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Idempotency-Key: slow',
      'Connection: keep-alive',
    ];
    await new Promise<unknown>((resolve) => {
      socket.write(`${head.join('\r\n')}\r\n\r\n${body.slice(0, 20)}`, resolve);
    });
    return { finish: () => socket.write(body.slice(20)), closed };
  }

  it('answers what is in flight, takes nothing new, and ends with 0', async () => {
    const own = await createTestDatabase();
    const service = await processes.main({ DATABASE_URL: own.url, SHUTDOWN_TIMEOUT_S: '20' }).ready();
    const { finish, closed } = await slowRequest(service, service.operatorKey()!);
    // The server has seen the head once a request that was sent later is answered.
    expect((await fetch(`${service.url()}/health/ready`)).status).toBe(200);
    service.child.kill('SIGTERM');
    await until('nobody new is let in', async () =>
      fetch(`${service.url()}/health/live`).then(
        ({ status }) => status === 503,
        () => true,
      ),
    );
    expect(service.isRunning()).toBe(true);
    finish();
    expect(await closed).toMatch(/^HTTP\/1.1 201 /);
    expect({ code: await service.ended(), stderr: service.stderr() }).toEqual({ code: 0, stderr: '' });
    await own.drop();
  });

  it('does not wait for who watches a job', async () => {
    const own = await createTestDatabase();
    // No worker: the job stays queued, and its events never end by themselves.
    const service = await processes.main({ DATABASE_URL: own.url, SHUTDOWN_TIMEOUT_S: '20' }, []).ready();
    const key = service.operatorKey()!;
    await own.query(
      `INSERT INTO jobs (id, kind, subject, owner_ids, state, created_at, touched_at)
       VALUES ('00000000-0000-7000-8000-000000000001', 'close_period', 'x', '{}', 'queued', now(), now())`,
    );
    const events = await fetch(`${service.url()}/v1/jobs/00000000-0000-7000-8000-000000000001/events`, {
      headers: { Authorization: `Bearer ${key}` },
    });
    const reader = events.body!.getReader();
    await reader.read();
    const started = performance.now();
    const code = await service.end('SIGTERM');
    expect({ code, stderr: service.stderr() }).toEqual({ code: 0, stderr: '' });
    expect(performance.now() - started).toBeLessThan(10_000);
    await reader.cancel().catch(() => undefined);
    await own.drop();
  });
});
