import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { newCertificate } from '../support/certificate.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { Processes } from '../support/processes.js';
import { until } from '../support/until.js';

const processes = new Processes();

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await processes.cleanUp();
  await database.drop();
});

/** The fingerprint of the certificate that a new connection is shown. */
async function shownAt(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    // Whose it is, is what is asked here.
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

describe('a certificate', () => {
  it('is renewed while the service runs, by its files or a signal, and a bad one is not taken', async () => {
    const folder = processes.folder();
    const [TLS_CERT_FILE, TLS_KEY_FILE] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const write = ({ cert, key }: { cert: Buffer; key: Buffer }): void => {
      writeFileSync(TLS_CERT_FILE, cert);
      writeFileSync(TLS_KEY_FILE, key);
    };
    const [first, second] = [newCertificate(), newCertificate()];
    const printOf = ({ cert }: { cert: Buffer }): string => new X509Certificate(cert).fingerprint256;
    write(first);
    const environment = { DATABASE_URL: database.url, TLS_CERT_FILE, TLS_KEY_FILE };
    const service = await processes.main(environment).ready();
    const shown = (): Promise<string> => shownAt(service.url());
    expect(await shown()).toBe(printOf(first));

    write(second);
    await until('the second is shown', async () => (await shown()) === printOf(second));

    const refused = (): number => service.stdout().split('the new certificate is no use').length - 1;
    const bad = [
      { cert: Buffer.from('se-cret'), key: second.key },
      { cert: first.cert, key: second.key },
    ];
    for (const files of bad) {
      const before = refused();
      write(files);
      service.child.kill('SIGHUP');
      await until('it is refused', () => refused() > before);
      expect(await shown()).toBe(printOf(second));
    }
    expect(service.stdout()).not.toMatch(/se-cret|PRIVATE KEY/);

    write(first);
    service.child.kill('SIGHUP');
    await until('the first is shown again', async () => (await shown()) === printOf(first));
    expect(await service.end('SIGTERM')).toBe(0);
  });
});
