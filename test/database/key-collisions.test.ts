import fc from 'fast-check';
import { connectStreams, type StreamDatabase } from '../../src/platform/database/index.js';
import { newId } from '../../src/platform/ids/index.js';
import type { KeyHash } from '../../src/traffic/intake/record-key.js';
import type { TrafficRecord } from '../../src/traffic/rules/traffic-record.js';
import { eachCurrentRecord } from '../../src/traffic/sql/each-current-record.js';
import { anyValue, bodyOf, PLAN, type SentValue } from '../rules/traffic/batch-bodies.js';
import { inOrder, outcomeOf, Specification } from '../rules/traffic/batch-oracle.js';
import { reporterIn } from '../support/acting.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { intakePlan } from '../support/intake.js';
import { storeBody, storedRecords } from './stored-batches.js';

/**
 * Hashes under which a reporter's ids collide: all of them; and those that begin alike. Ids of two reporters never
 * do: nobody can make half a SHA-256 that is another one's, and one reporter does not see what the other has.
 */
const HASHES: Record<string, KeyHash> = {
  'one for all': (keyed) => Buffer.from(keyed.subarray(0, 16)).toString('latin1'),
  'the first character': (keyed) => Buffer.from(keyed.subarray(1, 17)).toString('latin1'),
};

let database: TestDatabase;
let streams: StreamDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  streams = await connectStreams({ url: database.url, poolSize: 2, applicationName: 'peerledger test' });
});

afterAll(async () => {
  await streams.close();
  await database.drop();
});

const value = (id: string, more: object = {}): SentValue => ({
  id,
  direction: 'egress',
  start: '2026-10-05T06:00:00Z',
  end: '2026-10-05T07:00:00Z',
  bytes: '1',
  ...more,
});

/** What counts of a reporter, as closing a month reads it anew. */
async function currentRecords(plan: typeof PLAN): Promise<TrafficRecord[]> {
  return streams.transactionFor(reporterIn(plan), async (tx) => {
    const found: TrafficRecord[] = [];
    for await (const some of eachCurrentRecord(tx, plan, new Date(0))) found.push(...some);
    return inOrder(found);
  });
}

describe.each(Object.entries(HASHES))('ids whose keys collide, by a hash that is %s', (_name, keyOf) => {
  test('are told apart: sent again they are duplicates, other content is a conflict, a revision replaces its own', async () => {
    const plan = intakePlan({ agreementId: newId() });
    const send = async (values: readonly SentValue[]) => {
      const { body } = bodyOf('ndjson', values);
      return streams.transactionFor(reporterIn(plan), (tx) =>
        storeBody(tx, { ...plan, batchId: newId() }, body, { records_max: 4, keyOf }),
      );
    };
    const sent = ['a1', 'a2', 'b1', 'a1é', 'a3', 'a4', 'b2', 'a5', 'a6', 'a7'].map((id) => value(id));
    expect((await send(sent)).result!.counts).toMatchObject({ created: 10, duplicate: 0, rejected: 0 });
    expect((await send(sent)).result!.counts).toMatchObject({ created: 0, duplicate: 10, rejected: 0 });
    const changed = await send([
      value('a4', { bytes: '2' }),
      value('a8'),
      value('a2', { revision: 1, bytes: '5' }),
    ]);
    expect(changed.result).toMatchObject({
      counts: { created: 2, rejected: 1 },
      errors: [{ index: 0, code: 'record_conflict' }],
    });
    const bytes = async (): Promise<Record<string, bigint>> =>
      Object.fromEntries((await currentRecords(plan)).map((each) => [each.id, each.bytes]));
    const ids = [...sent.map((each) => each!['id'] as string), 'a8'];
    expect(await bytes()).toEqual(Object.fromEntries(ids.map((id) => [id, id === 'a2' ? 5n : 1n])));
    // Void removes its own record and no other one.
    await send([value('a3', { revision: 2, void: true })]);
    expect(Object.keys(await bytes()).sort()).toEqual(ids.filter((id) => id !== 'a3').sort());
  });

  test('come to what the specification says, in any batches of two reporters', async () => {
    const anyBatch = fc.record({
      values: fc.array(anyValue, { minLength: 1, maxLength: 10 }),
      isOther: fc.boolean(),
      records_max: fc.integer({ min: 1, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyBatch, { minLength: 3, maxLength: 6 }), async (batches) => {
        const agreementId = newId();
        const reporters = [newId(), newId()].map((reporterId) => ({
          plan: { ...PLAN, agreementId, reporterId },
          specification: new Specification(),
        }));
        for (const { values, isOther, records_max } of batches) {
          const { plan, specification } = reporters[isOther ? 1 : 0]!;
          const { body, items } = bodyOf('ndjson', values);
          const { usage: _, ...expected } = specification.batch(items, plan);
          const { result } = await streams.transactionFor(reporterIn(plan), (tx) =>
            storeBody(tx, { ...plan, batchId: newId() }, body, { records_max, keyOf }),
          );
          expect(outcomeOf(result!)).toEqual(expected);
        }
        for (const { plan, specification } of reporters) {
          expect(inOrder(await storedRecords(database, plan))).toEqual(inOrder(specification.stored));
          expect(await currentRecords(plan)).toEqual(inOrder(highest(specification.stored)));
        }
      }),
      { numRuns: 25 },
    );
  });
});

test('with keys of SHA-256 a chunk that is new is copied in without a comparison', async () => {
  const plan = intakePlan({ agreementId: newId() });
  const { body } = bodyOf(
    'ndjson',
    Array.from({ length: 50 }, (_, n) => value(`r${n}`)),
  );
  // A connection of its own: the table that chunks are compared in stays as long as the connection does.
  const fresh = await connectStreams({ url: database.url, poolSize: 1, applicationName: 'peerledger test' });
  const batch = await fresh.transactionFor(reporterIn(plan), async (tx) => {
    const stored = await storeBody(tx, plan, body, { records_max: 20 });
    const [{ incoming }] = (await tx.query<{ incoming: string | null }>(
      `SELECT to_regclass('pg_temp.incoming_records')::text AS incoming`,
    )) as [{ incoming: string | null }];
    expect(incoming).toBeNull();
    return stored;
  });
  await fresh.close();
  expect(batch.result!.counts.created).toBe(50);
  const rows = await database.query<{ arrivals: number[]; keys: string }>(
    `SELECT array_agg(DISTINCT arrival) AS arrivals, count(DISTINCT record_key) AS keys
       FROM traffic_records WHERE agreement_id = $1`,
    [plan.agreementId],
  );
  expect(rows).toEqual([{ arrivals: [0], keys: '50' }]);
});

/** Of each id the revision that counts, unless that is void. */
function highest(records: readonly TrafficRecord[]): TrafficRecord[] {
  const byId = new Map<string, TrafficRecord>();
  for (const each of records) {
    const known = byId.get(each.id);
    if (!known || known.revision < each.revision) byId.set(each.id, each);
  }
  return [...byId.values()].filter((each) => !each.void);
}
