import { connectStreams, type StreamDatabase, type Transaction } from '../../src/platform/database/index.js';
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

/** Runs a transaction's statements, but has its queries explained instead; they give no rows of their own. */
function explaining(tx: Transaction, plan: string[]): Transaction {
  const query = async <Row>(text: string, values?: readonly unknown[]): Promise<Row[]> => {
    if (!text.trimStart().startsWith('SELECT')) return tx.query<Row>(text, values);
    const lines = await tx.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, values);
    plan.push(...lines.map((line) => line['QUERY PLAN']));
    return [];
  };
  return Object.assign(Object.create(tx) as Transaction, { query });
}

test('records that came in a moment ago are looked up by their keys, one by one', async () => {
  const plan = intakePlan();
  await streams.transactionFor(reporterIn(plan), async (tx) => {
    const { result } = await storeBody(
      tx,
      plan,
      Buffer.from(Array.from({ length: RECORDS }, record).join('\n')),
    );
    expect(result!.counts.created).toBe(RECORDS);
  });
  await streams.transactionFor(reporterIn(plan), async (tx) => {
    await prepareIncoming(tx);
    await tx.query('INSERT INTO incoming_records SELECT * FROM traffic_records');
    const explained: string[] = [];
    await listUnknown(explaining(tx, explained), plan.agreementId);
    const text = explained.join('\n');
    expect(text).toMatch(/Index Cond: \(\(agreement_id = .*\) AND \(record_key = i\.record_key\)\)/);
    expect(text).not.toMatch(/Materialize|Bitmap|Hash|Merge/);
    expect(await listUnknown(tx, plan.agreementId)).toEqual([]);
  });
});
