import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { expectComplaint, freePort, Processes } from '../support/processes.js';

const processes = new Processes();

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await processes.cleanUp();
  await database.drop();
});

async function listening(onConnection: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer(onConnection);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

describe('a start that cannot succeed says why in one sentence', () => {
  it('when the port is taken; and the operator key is not lost by it', async () => {
    const own = await createTestDatabase();
    const { server, port } = await listening((socket) => socket.destroy());
    try {
      const environment = { DATABASE_URL: own.url, PORT: String(port) };
      await expectComplaint(processes.main(environment), new RegExp(`^Port ${port} on 127.0.0.1 is taken`));
      await new Promise((resolve) => server.close(resolve));
      const service = await processes.main(environment).ready();
      expect(service.operatorKey()).toBeDefined();
      const headers = { Authorization: `Bearer ${service.operatorKey()}` };
      expect((await fetch(`${service.url()}/v1/providers`, { headers })).status).toBe(200);
      expect(await service.end('SIGTERM')).toBe(0);
    } finally {
      server.close();
      await own.drop();
    }
  });

  it('when nobody listens at DATABASE_URL', async () => {
    const url = `postgres://user:se-cret@127.0.0.1:${await freePort()}/peerledger`;
    const services = [processes.main({ DATABASE_URL: url }), processes.worker({ DATABASE_URL: url })];
    for (const service of services) {
      await expectComplaint(service, /^The database of DATABASE_URL \(postgres:\/\/user@127.*ECONNREFUSED/);
      expect(service.stderr()).not.toContain('se-cret');
    }
  });

  it('when the user, the password or the database of DATABASE_URL is wrong', async () => {
    const [noDatabase, noUser] = [new URL(database.url), new URL(database.url)];
    noDatabase.pathname = '/no_such_database';
    noUser.username = 'no_such_user';
    const services = [noDatabase, noUser].map(({ href }) => processes.main({ DATABASE_URL: href }));
    for (const service of services) {
      await expectComplaint(service, /^The database of DATABASE_URL .* cannot be used: .*no_such/);
    }
    // The test server trusts everybody, so a server that asks for a password and refuses it plays its part.
    const { server, port } = await listening((socket) => {
      socket.once('data', () => {
        const fields = 'SFATAL\0C28P01\0Mpassword authentication failed for user "user"\0\0';
        const head = Buffer.alloc(5);
        head.write('E');
        head.writeInt32BE(4 + Buffer.byteLength(fields), 1);
        socket.end(Buffer.concat([head, Buffer.from(fields)]));
      });
    });
    try {
      const service = processes.main({ DATABASE_URL: `postgres://user:se-cret@127.0.0.1:${port}/x` });
      await expectComplaint(service, /^The database of DATABASE_URL .*password authentication failed/);
      expect(service.stderr()).not.toContain('se-cret');
    } finally {
      server.close();
    }
  });

  it('when DATABASE_URL is no URL after all', async () => {
    const service = processes.main({ DATABASE_URL: 'postgres://user:se-cret@host:port/database' });
    await expectComplaint(service, /DATABASE_URL/);
    expect(service.stderr()).not.toContain('se-cret');
  });

  it('when nobody listens at REDIS_URL', async () => {
    const REDIS_URL = `redis://127.0.0.1:${await freePort()}`;
    await expectComplaint(
      processes.main({ DATABASE_URL: database.url, REDIS_URL }),
      /^The queue of REDIS_URL .*ECONNREFUSED/,
    );
  });

  it('when DATA_DIR cannot be written', async () => {
    const file = join(processes.folder(), 'file');
    writeFileSync(file, '');
    await expectComplaint(processes.main({ DATA_DIR: join(file, 'data') }), /DATA_DIR/);
  });

  it('when the files of TLS cannot be read, or are none', async () => {
    const folder = processes.folder();
    const [TLS_CERT_FILE, TLS_KEY_FILE] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const environment = { DATABASE_URL: database.url, TLS_CERT_FILE, TLS_KEY_FILE };
    await expectComplaint(processes.main(environment), /^The file of TLS_CERT_FILE cannot be read: ENOENT/);
    for (const file of [TLS_CERT_FILE, TLS_KEY_FILE]) writeFileSync(file, 'se-cret');
    const service = processes.main(environment);
    await expectComplaint(service, /^TLS_CERT_FILE and TLS_KEY_FILE are no certificate and its key/);
    expect(service.stderr()).not.toContain('se-cret');
  });

  it('when a worker or an API is to run apart without a database that both reach', async () => {
    const DATA_DIR = processes.folder();
    const services = [processes.worker({ DATA_DIR }), processes.main({ DATA_DIR }, [])];
    for (const service of services) await expectComplaint(service, /set DATABASE_URL/);
  });

  it('and names every mistake in the environment at once, but no secret', async () => {
    const service = processes.main({
      PORT: 'http',
      DATABASE_URL: 'mysql://root:se-cret@db',
      JOB_LOCK_MS: '1',
      LOG_LEVEL: 'loud',
      OPERATOR_API_KEY: 'se-cret',
    });
    await expectComplaint(service, /^The environment has 5 mistake/, 6);
    for (const name of ['PORT', 'DATABASE_URL', 'JOB_LOCK_MS', 'LOG_LEVEL', 'OPERATOR_API_KEY']) {
      expect(service.stderr()).toMatch(new RegExp(`^  ${name} must `, 'm'));
    }
    expect(service.stderr()).not.toContain('se-cret');
  });
});
