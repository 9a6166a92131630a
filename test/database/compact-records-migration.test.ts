import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { connectStreams, migrate } from '../../src/platform/database/index.js';
import { newId } from '../../src/platform/ids/index.js';
import { reporterIn } from '../support/acting.js';
import { onDatabase } from '../support/database.js';
import { intakePlan } from '../support/intake.js';
import { storeBody } from './stored-batches.js';

const COMPACT = 'CompactRecords1764000000020';
const [AGREEMENT, OTHER_AGREEMENT, A, B, BATCH] = Array.from({ length: 5 }, () => newId()) as [
  string,
  string,
  string,
  string,
  string,
];

/** Rows of the table as it was: agreement, reporter, id, revision, bytes, and more columns by name. */
const OLD: [string, string, string, number, string, Record<string, string | boolean>?][] = [
  [AGREEMENT, A, 'r-1', 0, '5'],
  [AGREEMENT, A, 'r-1', 7, '6'],
  [AGREEMENT, A, 'r-1', 2, '7', { customer: 'acme', charged_unit_price: '0.220' }],
  [AGREEMENT, A, 'größe 日本 😀', 0, '9223372036854775807', { source_region: 'éu', service: 'cdn' }],
  [AGREEMENT, B, 'r-1', 0, '8', { direction: 'ingress' }],
  [AGREEMENT, B, 'r-1', 1, '8', { direction: 'ingress', void: true }],
  [OTHER_AGREEMENT, A, 'r-1', 3, '9', { destination_region: 'us' }],
];

let url: string;
let admin: pg.Client;
let name: string;

beforeAll(async () => {
  const server = process.env['PEERLEDGER_TEST_SERVER_URL']!;
  // Named so that the end of the run removes it, whatever happens to this one.
  name = `${process.env['PEERLEDGER_TEST_TEMPLATE']}_${randomBytes(6).toString('hex')}`;
  admin = new pg.Client({ connectionString: server });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${name}`);
  url = onDatabase(server, name);
  await migrateBefore(COMPACT);
  await insertOld();
  await migrate(url);
});

afterAll(async () => {
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  await admin.end();
});

async function migrateBefore(first: string): Promise<void> {
  const names = migrations.map((each) => each.name);
  const earlier = migrations.slice(0, names.indexOf(first));
  expect(earlier.length).toBeGreaterThan(3);
  const source = new DataSource({
    type: 'postgres',
    url,
    migrations: [...earlier],
    migrationsTableName: 'schema_migrations',
  });
  await source.initialize();
  await source.runMigrations({ transaction: 'each' });
  await source.destroy();
}

async function insertOld(): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // Without the agreement, the providers and batches that the old table refers to.
  await client.query('SET session_replication_role = replica');
  for (const [agreement_id, reporter_id, record_id, revision, bytes, more] of OLD) {
    const row: Record<string, unknown> = {
      ...{ agreement_id, reporter_id, record_id, revision, bytes, batch_id: BATCH, direction: 'egress' },
      ...{ starts_at: '2026-10-05T06:00:00Z', ends_at: '2026-10-05T07:00:00Z', void: false },
      ...more,
    };
    const columns = Object.keys(row);
    const places = columns.map((_, n) => `$${n + 1}`);
    await client.query(
      `INSERT INTO traffic_records (${columns.join(', ')}) VALUES (${places.join(', ')})`,
      Object.values(row),
    );
  }
  await client.end();
}

async function query<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

test('every revision is there as it was, and those of one id arrive in their order', async () => {
  const rows = await query(
    `SELECT agreement_id, reporter_id, record_id, revision, arrival, bytes, batch_id, direction, void, customer,
            source_region, destination_region, service, charged_unit_price,
            starts_at = '2026-10-05T06:00:00Z' AND ends_at = '2026-10-05T07:00:00Z' AS in_time
       FROM traffic_records`,
  );
  const arrivals = [0, 2, 1, 0, 0, 1, 0];
  const expected = OLD.map(([agreement_id, reporter_id, record_id, revision, bytes, more], n) => ({
    ...{ agreement_id, reporter_id, record_id, revision, bytes, arrival: arrivals[n], batch_id: BATCH },
    ...{ direction: 'egress', void: false, customer: null, source_region: null, destination_region: null },
    ...{ service: null, charged_unit_price: null, in_time: true, ...more },
  }));
  expect(rows).toHaveLength(expected.length);
  expect(rows).toEqual(expect.arrayContaining(expected));
});

test('nothing is left of the old table', async () => {
  const left = await query(`SELECT relname FROM pg_class WHERE relname LIKE 'traffic_records%' ORDER BY 1`);
  expect(left.map(({ relname }) => relname as string)).toEqual(['traffic_records', 'traffic_records_pkey']);
});

describe('a batch of the same records', () => {
  const interval = { start: '2026-10-05T06:00:00Z', end: '2026-10-05T07:00:00Z' };
  const send = async (reporterId: string, records: readonly object[], agreementId = AGREEMENT) => {
    const streams = await connectStreams({ url, poolSize: 1, applicationName: 'peerledger test' });
    try {
      const plan = intakePlan({ agreementId, reporterId, batchId: newId() });
      const lines = records.map((each) => JSON.stringify({ direction: 'egress', ...interval, ...each }));
      const { result } = await streams.transactionFor(reporterIn(plan), (tx) =>
        storeBody(tx, plan, Buffer.from(lines.join('\n'))),
      );
      return result!;
    } finally {
      await streams.close();
    }
  };

  test('is all duplicates: keys made in SQL are those made of a batch', async () => {
    const ofA = await send(A, [
      { id: 'r-1', bytes: 5 },
      { id: 'r-1', bytes: 6, revision: 7 },
      { id: 'r-1', bytes: 7, revision: 2, customer: 'acme', chargedUnitPrice: '0.220' },
      { id: 'r-1', bytes: 7, revision: 2, customer: 'acme', chargedUnitPrice: '0.22' },
      { id: 'größe 日本 😀', bytes: '9223372036854775807', sourceRegion: 'éu', service: 'cdn' },
    ]);
    expect(ofA.counts).toMatchObject({ received: 5, duplicate: 5 });
    const ofB = await send(B, [
      { id: 'r-1', bytes: 8, direction: 'ingress' },
      { id: 'r-1', bytes: 8, direction: 'ingress', revision: 1, void: true },
    ]);
    expect(ofB.counts).toMatchObject({ received: 2, duplicate: 2 });
    const elsewhere = await send(
      A,
      [{ id: 'r-1', bytes: 9, revision: 3, destinationRegion: 'us' }],
      OTHER_AGREEMENT,
    );
    expect(elsewhere.counts).toMatchObject({ received: 1, duplicate: 1 });
  });

  test('with other content is a conflict, and a revision follows those that were there', async () => {
    const { counts, errors } = await send(A, [
      { id: 'r-1', bytes: 55 },
      { id: 'r-1', bytes: 1, revision: 8 },
      { id: 'r-1', bytes: 1, revision: 1 },
    ]);
    expect(counts).toMatchObject({ rejected: 1, created: 1, superseded: 1 });
    expect(errors).toMatchObject([{ index: 0, code: 'record_conflict' }]);
    const rows = await query<{ revision: number; arrival: number }>(
      `SELECT revision, arrival FROM traffic_records
        WHERE agreement_id = $1 AND reporter_id = $2 AND record_id = 'r-1' ORDER BY arrival`,
      [AGREEMENT, A],
    );
    expect(rows.map(({ revision }) => revision)).toEqual([0, 2, 7, 8, 1]);
  });
});
