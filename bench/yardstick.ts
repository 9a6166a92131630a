import pg from 'pg';
import type { RecordFiles } from './records.js';
import type { Run } from './run.js';
import { timed, type Timed } from './timing.js';

/** Settings that the figures depend on. */
export type ServerSettings = Record<string, string>;

/** The limit that ingest is held to: server-side COPY into the table that anybody would make. */
export interface Yardstick {
  settings(): Promise<ServerSettings>;
  /** A new, empty table in place of the old one. */
  empty(): Promise<void>;
  copy(files: RecordFiles): Promise<Timed>;
  /** Writes out what earlier steps left in the server's buffers, so that no step pays for another. */
  checkpoint(): Promise<void>;
}

const SHOWN_SETTINGS = [
  'server_version',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'shared_buffers',
];

/** Opens a database of its own on the service's server. */
export async function openYardstick(run: Run, serverUrl: string): Promise<Yardstick> {
  const client = await createDatabase(run, serverUrl, 'yardstick');
  return {
    settings: () => readSettings(client),
    empty: async () => {
      await client.query('DROP TABLE IF EXISTS traffic');
      await client.query(TABLE);
      await client.query(`CREATE TABLE traffic_2025_03 PARTITION OF traffic
        FOR VALUES FROM ('2025-03-01T00:00:00Z') TO ('2025-04-01T00:00:00Z')`);
    },
    copy: async (files) => {
      const copied = await timed(files.count, () =>
        client.query(`COPY traffic FROM ${client.escapeLiteral(files.copy)}`),
      );
      if (copied.result.rowCount !== files.count) throw new Error('COPY took another number of rows.');
      return copied;
    },
    checkpoint: async () => void (await client.query('CHECKPOINT')),
  };
}

/** The settings of the server that figures are shown with. */
export async function readSettings(client: pg.Client): Promise<ServerSettings> {
  const { rows } = await client.query<{ name: string; value: string }>(
    `SELECT name, current_setting(name) AS value FROM unnest($1::text[]) AS name`,
    [SHOWN_SETTINGS],
  );
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

const TABLE = `
  CREATE TABLE traffic (
    reporter text NOT NULL,
    id text NOT NULL,
    direction text NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    bytes bigint NOT NULL,
    source_region text,
    destination_region text,
    service text,
    customer text,
    PRIMARY KEY (reporter, id, starts_at)
  ) PARTITION BY RANGE (starts_at)`;

/** Makes a database on the server and connects to it. */
export async function createDatabase(run: Run, serverUrl: string, name: string): Promise<pg.Client> {
  const admin = await connect(run, serverUrl);
  await admin.query(`CREATE DATABASE ${admin.escapeIdentifier(name)}`);
  return connect(run, databaseUrl(serverUrl, name));
}

export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

async function connect(run: Run, url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'peerledger bench' });
  // When the run is cut short the server goes first; the query in flight reports what matters.
  client.on('error', () => undefined);
  await client.connect();
  run.undo(() => client.end().catch(() => undefined));
  return client;
}
