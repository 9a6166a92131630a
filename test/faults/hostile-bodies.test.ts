import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { Processes, type Service } from '../support/processes.js';
import { until } from '../support/until.js';

const processes = new Processes();
let database: TestDatabase;
let service: Service;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await processes.main({ DATABASE_URL: database.url }, []).ready();
});

afterAll(async () => {
  await processes.cleanUp();
  await database.drop();
});

/** The service is there, and answers. */
async function expectAlive(): Promise<void> {
  expect({ runs: service.isRunning(), stderr: service.stderr() }).toEqual({ runs: true, stderr: '' });
  expect((await fetch(`${service.url()}/health/live`)).status).toBe(200);
}

describe('whoever has no key cannot end the service', () => {
  it.each([
    ['that is no gzip', 'gzip', Buffer.from('this is no gzip')],
    ['whose gzip is cut', 'gzip', gzipSync('{}').subarray(0, 15)],
    ['that is no brotli', 'br', Buffer.from('this is no brotli')],
  ])('with a stream %s', async (_, encoding, body) => {
    for (let n = 0; n < 5; n++) {
      const response = await fetch(`${service.url()}/v1/agreements/x/batches`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-ndjson', 'Content-Encoding': encoding },
        body: new Uint8Array(body),
      });
      expect([400, 401]).toContain(response.status);
    }
    await expectAlive();
  });

  it('with streams that break off, before or after the answer', async () => {
    const { hostname, port } = new URL(service.url());
    for (const wait of [false, true, false, true]) {
      const socket = connect(Number(port), hostname);
      let answer = '';
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
      socket.on('error', () => undefined);
      const head = ['POST /v1/agreements/x/batches HTTP/1.1', 'Host: test', 'Content-Length: 100000'];
      socket.write(`${[...head, 'Content-Type: application/x-ndjson'].join('\r\n')}\r\n\r\n{"id":`);
      if (wait) await until('it is answered', () => answer.includes('401'));
      else await new Promise((resolve) => socket.write(' ', resolve));
      socket.resetAndDestroy();
      await expectAlive();
    }
  });
});
