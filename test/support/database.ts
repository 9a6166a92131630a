import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const CLONE_TIMEOUT_MS = 30_000;
/** PostgreSQL's `object_in_use`: somebody is connected to the template, or is cloning it just now. */
const TEMPLATE_BUSY = '55006';

/** A migrated database of one test file's own. */
export interface TestDatabase {
  /** Connects as the owner of the schema, a superuser: row security does not bind it. */
  url: string;
  /** Runs one statement as the owner. */
  query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    sql: string,
    params?: readonly unknown[],
  ): Promise<Row[]>;
  /** Ends all connections to the database and removes it. */
  drop(): Promise<void>;
}

/** Clones the migrated template, in some 30 ms. Call it in `beforeAll`, and `drop()` in `afterAll`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { serverUrl, template } = testServer();
  const name = `${template}_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, (client) => cloneTemplate(client, template, name));
  const url = onDatabase(serverUrl, name);
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  // drop() cuts connections that tests forgot; the pool must not take that for a crash.
  pool.on('error', () => undefined);
  return {
    url,
    query: async <Row extends pg.QueryResultRow>(sql: string, params: readonly unknown[] = []) =>
      (await pool.query<Row>(sql, [...params])).rows,
    drop: async () => {
      if (!pool.ended) await pool.end();
      await onServer(serverUrl, (client) => client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
    },
  };
}

/** The same server's URL for another database. */
export function onDatabase(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

function testServer(): { serverUrl: string; template: string } {
  const {
    PEERLEDGER_TEST_SERVER_URL: serverUrl,
    PEERLEDGER_TEST_TEMPLATE: template,
    PEERLEDGER_TEST_DATABASE_ERROR: failure,
  } = process.env;
  if (failure) throw new Error(`The test database could not be prepared: ${failure}`);
  if (!serverUrl || !template) throw new Error('There is no test database: createTestDatabase() needs Jest.');
  return { serverUrl, template };
}

async function cloneTemplate(client: pg.Client, template: string, name: string): Promise<void> {
  const deadline = performance.now() + CLONE_TIMEOUT_MS;
  for (;;) {
    try {
      await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
      return;
    } catch (error) {
      const busy = error instanceof pg.DatabaseError && error.code === TEMPLATE_BUSY;
      if (!busy || performance.now() > deadline) throw error;
      await sleep(50 + Math.random() * 100);
    }
  }
}

async function onServer(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
