import { connectStreams, type StreamDatabase, type Transaction } from '../../src/platform/database/index.js';
import type { IntakePlan } from '../../src/traffic/intake/plan.js';
import { RECORD_ROW_COLUMNS } from '../../src/traffic/intake/record-rows.js';
import { findPages } from '../../src/traffic/sql/find-pages.js';
import { listUnknownOnPages } from '../../src/traffic/sql/list-unknown-on-pages.js';
import { listUnknown } from '../../src/traffic/sql/list-unknown.js';
import { prepareIncoming } from '../../src/traffic/sql/prepare-incoming.js';
import { reporterIn } from '../support/acting.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { intakePlan } from '../support/intake.js';
import { storeBody } from './stored-batches.js';

let database: TestDatabase;
let streams: StreamDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  streams = await connectStreams({ url: database.url, poolSize: 1, applicationName: 'peerledger test' });
  // As if the replay came right after the records: nobody has counted them yet.
  await database.query('ALTER TABLE traffic_record_rows SET (autovacuum_enabled = off)');
});

afterAll(async () => {
  await streams.close();
  await database.drop();
});

const RECORDS = 20_000;
const record = (_: unknown, n: number): string =>
  `{"id":"r${n}","direction":"egress","start":"2026-10-05T06:00:00Z","end":"2026-10-05T07:00:00Z","bytes":"1"}`;
const body = Buffer.from(Array.from({ length: RECORDS }, record).join('\n'));

/** Runs a transaction's statements, and explains its queries besides. */
function explaining(tx: Transaction, plan: string[]): Transaction {
  const query = async <Row>(text: string, values?: readonly unknown[]): Promise<Row[]> => {
    if (text.trimStart().startsWith('SELECT')) {
      const lines = await tx.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, values);
      plan.push(...lines.map((line) => line['QUERY PLAN']));
    }
    return tx.query<Row>(text, values);
  };
  return Object.assign(Object.create(tx) as Transaction, { query });
}

/** Stores the records in an agreement that nobody counts before they are sent again. */
async function stored(agreementId: string): Promise<IntakePlan> {
  const plan = intakePlan({ agreementId });
  await streams.transactionFor(reporterIn(plan), async (tx) => {
    expect((await storeBody(tx, plan, body)).result!.counts.created).toBe(RECORDS);
  });
  return plan;
}

/** In a transaction of the reporter's, with the records of the agreement in `incoming_records` by their keys. */
function withIncoming(plan: IntakePlan, work: (tx: Transaction) => Promise<void>): Promise<void> {
  return streams.transactionFor(reporterIn(plan), async (tx) => {
    await prepareIncoming(tx);
    const columns = RECORD_ROW_COLUMNS.join(', ');
    await tx.query(
      `INSERT INTO incoming_records (${columns})
       SELECT ${columns} FROM traffic_records WHERE agreement_id = $1 ORDER BY record_key`,
      [plan.agreementId],
    );
    await work(tx);
  });
}

const BY_KEY = /Index Cond: \(\(agreement_id = .*\) AND \(record_key = i\.record_key\)\)/;

test('records that came in a moment ago are looked up by their keys, one by one', async () => {
  const plan = await stored('019a0000-0000-7000-8000-000000000001');
  await withIncoming(plan, async (tx) => {
    const explained: string[] = [];
    expect(await listUnknown(explaining(tx, explained), plan, null)).toEqual([]);
    expect(await listUnknown(explaining(tx, explained), plan, [7, 8, 9])).toEqual([]);
    const text = explained.join('\n');
    expect(text).toMatch(BY_KEY);
    expect(text).not.toMatch(/Materialize|Bitmap|Hash|Merge|Nested|Seq Scan on traffic/);
  });
});

test('where their like lies, and on which pages, is read without a look at the rest of the agreement', async () => {
  const counted = await stored('019a0000-0000-7000-8000-000000000002');
  await database.query('ANALYZE traffic_records');
  const uncounted = await stored('019a0000-0000-7000-8000-000000000003');
  for (const plan of [counted, uncounted]) {
    await withIncoming(plan, async (tx) => {
      const keys = await tx.query<{ key: string }>(
        `SELECT record_key AS key FROM incoming_records WHERE rank % 500 = 0`,
      );
      const explained: string[] = [];
      const pages = await findPages(
        explaining(tx, explained),
        plan.agreementId,
        keys.map(({ key }) => key),
      );
      expect(pages).toHaveLength(RECORDS / 500);
      expect(explained.join('\n')).toMatch(/Index Cond: .*record_key = ANY/);
      expect(explained.join('\n')).not.toMatch(/Bitmap|Seq Scan on traffic/);

      explained.length = 0;
      const range = { first: pages[0]!, last: pages.at(-1)! };
      expect((await listUnknownOnPages(explaining(tx, explained), plan, range)).length).toBeLessThan(500);
      expect(explained.join('\n')).toMatch(/Tid Range Scan on traffic_record_rows r/);
      expect(explained.join('\n')).toMatch(/Hash Cond: \(\w\.record_key = \w\.record_key\)/);

      explained.length = 0;
      for (const ranks of [null, [7, 8, 9], Array.from({ length: 500 }, (_, n) => n)])
        await listUnknown(explaining(tx, explained), plan, ranks);
      expect(explained.join('\n').match(new RegExp(BY_KEY, 'g'))).toHaveLength(3);
      expect(explained.join('\n')).not.toMatch(/Materialize|Bitmap|Hash|Merge|Nested|Seq Scan on traffic/);
    });
  }
});

test('what is not on the pages is told by its rank, and then found by its key or not', async () => {
  const plan = await stored('019a0000-0000-7000-8000-000000000004');
  await withIncoming(plan, async (tx) => {
    const [change] = await tx.query<{ rank: number }>(
      `UPDATE incoming_records SET bytes = bytes + 1 WHERE rank = 12345 RETURNING rank`,
    );
    const near = await listUnknownOnPages(tx, plan, { first: 0, last: 2 ** 32 - 2 });
    expect(near).toEqual([change!.rank - 1]);
    const nowhere = await listUnknownOnPages(tx, plan, { first: 2 ** 31, last: 2 ** 31 + 1 });
    expect(nowhere).toHaveLength(RECORDS);
    expect(await listUnknown(tx, plan, nowhere)).toEqual([change!.rank - 1]);
    expect(await listUnknown(tx, plan, [5, 6])).toEqual([]);
  });
});
