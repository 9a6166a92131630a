import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../../src/platform/database/index.js';
import { startEmbeddedPostgres, stopOrphanedPostgres } from '../../src/platform/embedded/index.js';
import { onDatabase } from './database.js';

const DATA_DIR_PREFIX = 'peerledger-test-';

/** Nothing here has to survive a power cut, and many test files connect at once. */
const TEST_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
};

/** The server of one Jest run, with a migrated template database. */
export interface TestServer {
  url: string;
  template: string;
  stop(): Promise<void>;
}

/**
 * Starts an embedded server, or takes the one at TEST_DATABASE_URL, and migrates a template that
 * `createTestDatabase` clones. Runs compiled, outside of Jest's module system.
 */
export async function startTestServer(externalUrl: string | undefined): Promise<TestServer> {
  const server = externalUrl ? { url: externalUrl, stop: () => Promise.resolve() } : await startEmbedded();
  const template = `peerledger_test_${process.pid}_${randomBytes(4).toString('hex')}`;
  const stop = async (): Promise<void> => {
    await dropAll(server.url, template);
    await server.stop();
  };
  try {
    await asAdmin(server.url, (client) => client.query(`CREATE DATABASE ${template}`));
    await migrate(onDatabase(server.url, template));
    return { url: server.url, template, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startEmbedded(): Promise<{ url: string; stop: () => Promise<void> }> {
  await removeAbandonedServers();
  const dataDir = mkdtempSync(join(tmpdir(), DATA_DIR_PREFIX));
  const server = await startEmbeddedPostgres({ dataDir, settings: TEST_SETTINGS });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** A killed run leaves its server behind; the next one, also of another clone, ends it. */
async function removeAbandonedServers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const dataDir = join(tmpdir(), name);
    if (!name.startsWith(DATA_DIR_PREFIX) || !existsSync(join(dataDir, 'postgresql'))) continue;
    try {
      await stopOrphanedPostgres(dataDir);
      rmSync(dataDir, { recursive: true, force: true });
    } catch {
      // In use by another run, or another user's.
    }
  }
}

async function dropAll(url: string, template: string): Promise<void> {
  await asAdmin(url, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      "SELECT datname FROM pg_database WHERE datname = $1 OR datname LIKE $1 || '\\_%'",
      [template],
    );
    for (const { datname } of rows) await client.query(`DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
  });
}

async function asAdmin(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
