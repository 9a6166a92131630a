import fc from 'fast-check';
import pg from 'pg';
import { connectStreams, type StreamDatabase } from '../../src/platform/database/index.js';
import { newId } from '../../src/platform/ids/index.js';
import type { TrafficRecord } from '../../src/traffic/rules/traffic-record.js';
import { recordsInOrder } from '../../src/traffic/record-listing.js';
import type { RecordFilter, RecordPosition } from '../../src/traffic/sql/list-records.js';
import { toRecord } from '../../src/traffic/sql/record-row.js';
import { reporterIn } from '../support/acting.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { intakePlan } from '../support/intake.js';
import { Random } from '../support/random.js';
import { storeBody, storedRecords } from './stored-batches.js';

const HOUR_MS = 3_600_000;
const NONE: RecordFilter = { from: null, to: null, direction: null, customers: null, id: null };
/** Terms that take records of up to a month. */
const MONTHLY = { reconciliation: { bucket: 'month' as const } };

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

interface Owner {
  agreementId: string;
  reporterId: string;
}

type Sent = Partial<Omit<TrafficRecord, 'bytes'>> & { id: string; start: number; end: number };

/** Stores a batch of one reporter, with its receipt. */
async function store(owner: Owner, records: readonly Sent[]): Promise<void> {
  const lines = records.map(({ start, end, ...more }) => {
    const text = (instant: number): string => new Date(instant).toISOString().replace('.000', '');
    return JSON.stringify({ direction: 'egress', bytes: 1, ...more, start: text(start), end: text(end) });
  });
  const plan = intakePlan({ ...owner, batchId: newId() }, MONTHLY);
  const { result } = await streams.transactionFor(reporterIn(owner), (tx) =>
    storeBody(tx, plan, Buffer.from(lines.join('\n'))),
  );
  expect(result!.counts.rejected).toBe(0);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  // Without the agreement and the provider that a receipt refers to.
  await client.query('SET session_replication_role = replica');
  await client.query(
    `INSERT INTO batches (agreement_id, id, reporter_id, recorded, received_at, mode, received, created, superseded,
       duplicate, rejected, total_bytes, earliest, latest, sha256, errors)
     VALUES ($1, $2, $3, (SELECT count(*) FROM batches), now(), 'atomic', $4, $4, 0, 0, 0, 0, $5, $6, '', '[]')`,
    [
      ...[owner.agreementId, plan.batchId, owner.reporterId, records.length],
      ...[new Date(result!.earliest!), new Date(result!.latest!)],
    ],
  );
  await client.end();
}

function pageOf(owner: Owner, filter: RecordFilter, after: RecordPosition | null, limit: number) {
  return streams.actFor(reporterIn(owner), () => recordsInOrder(streams, owner, filter, after, limit));
}

/** All pages of a listing, each of so many at most. */
async function everyPage(owner: Owner, filter: RecordFilter, limit: number) {
  const found: (TrafficRecord & { superseded: boolean })[] = [];
  for (let after: RecordPosition | null = null; ;) {
    const page = await pageOf(owner, filter, after, limit);
    expect(page.length).toBeLessThanOrEqual(limit);
    found.push(...page.map(({ superseded, ...row }) => ({ ...toRecord(row), superseded })));
    if (page.length < limit) return found;
    const { start, id, revision } = page.at(-1)!;
    after = { start, id, revision };
  }
}

/** The same in memory. */
function expectedOf(all: readonly TrafficRecord[], filter: RecordFilter) {
  const isSuperseded = (each: TrafficRecord): boolean =>
    all.some(({ id, revision }) => id === each.id && revision > each.revision);
  return all
    .filter(({ end }) => filter.from === null || end > filter.from.getTime())
    .filter(({ start }) => filter.to === null || start < filter.to.getTime())
    .filter(({ direction }) => filter.direction === null || direction === filter.direction)
    .filter(
      ({ customer }) =>
        filter.customers === null || (customer !== null && filter.customers.includes(customer)),
    )
    .filter(({ id }) => filter.id === null || id === filter.id)
    .map((each) => ({ ...each, superseded: isSuperseded(each) }))
    .filter(({ void: isVoid, superseded }) => !filter.counted || (!isVoid && !superseded))
    .sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : a.id > b.id ? 1 : a.revision - b.revision));
}

const FIRST = Date.UTC(2021, 0, 1);
const LAST = Date.UTC(2026, 11, 1);
const MONTH_HOURS = 744;

/** Dense days, years with hardly anything, records of a month, and revisions elsewhere in time. */
function manyRecords(random: Random): Sent[] {
  const dense = Date.UTC(2024, 4, 7);
  const records: Sent[] = [];
  for (let n = 0; n < 300; n += 1) {
    const start =
      n % 3 === 0
        ? FIRST + random.below((LAST - FIRST) / HOUR_MS) * HOUR_MS
        : dense + random.below(40) * (HOUR_MS / 4);
    const hours = random.once(5) ? 1 + random.below(MONTH_HOURS) : 1;
    const end = random.once(12) ? start + 1_000 : start + hours * HOUR_MS;
    const id = `r${String(random.below(220)).padStart(3, '0')}`;
    const revision = records.filter((each) => each.id === id).length;
    records.push({
      ...{ id, start, end, revision, void: revision > 0 && random.once(4) },
      ...{
        direction: random.pick(['egress', 'ingress'] as const),
        customer: random.pick([null, 'acme', 'zeta']),
      },
    });
  }
  return records;
}

test('pages of any length, by any filter, are what a plain sort gives', async () => {
  const owner = { agreementId: newId(), reporterId: newId() };
  const others = [
    { ...owner, reporterId: newId() },
    { ...owner, agreementId: newId() },
  ];
  const random = new Random(20_261_126);
  const records = manyRecords(random);
  await store(owner, records.slice(0, 200));
  for (const each of others) await store(each, manyRecords(random));
  await store(owner, records.slice(200));
  const all = await storedRecords(database, owner);
  expect(all).toHaveLength(300);

  const edges = all.flatMap(({ start, end }) => [start, end, start + 1_000, end - 1_000]);
  const anyInstant = fc.oneof(
    fc.constant(null),
    fc.constantFrom(...edges).map((edge) => new Date(edge)),
    fc.integer({ min: FIRST - 1e10, max: LAST + 1e10 }).map((instant) => new Date(instant)),
  );
  const anyFilter = fc.record({
    from: anyInstant,
    to: anyInstant,
    direction: fc.constantFrom(null, null, 'egress', 'ingress'),
    customers: fc.constantFrom(null, null, ['acme'], ['nobody'], ['acme', 'other']),
    id: fc.oneof(
      { weight: 4, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom('r001', 'r010', 'x') },
    ),
    counted: fc.boolean(),
  });
  const lengths: number[] = [];
  await fc.assert(
    fc.asyncProperty(anyFilter, fc.constantFrom(1, 7, 50, 299, 300, 1_000), async (filter, limit) => {
      const expected = expectedOf(all, filter);
      // Single records make many round trips.
      const length = expected.length > 30 ? Math.max(limit, 7) : limit;
      expect(await everyPage(owner, filter, length)).toEqual(expected);
      lengths.push(expected.length);
    }),
    { numRuns: 60, examples: [[{ ...NONE, counted: false }, 7]] },
  );
  expect(lengths.filter((length) => length > 0).length).toBeGreaterThan(20);
});

test('a record of a month is found by its last second, and not after it', async () => {
  const owner = { agreementId: newId(), reporterId: newId() };
  // A month of 745 hours, the longest there is: of October in Europe.
  const start = Date.UTC(2025, 8, 30, 22);
  const end = start + 745 * HOUR_MS;
  await store(owner, [{ id: 'early', start: FIRST, end: FIRST + HOUR_MS }]);
  await streams.transactionFor(reporterIn(owner), (tx) => {
    const terms = { reconciliation: { bucket: 'month' as const } };
    const plan = intakePlan({ ...owner, timezone: 'Europe/Berlin', batchId: newId() }, terms);
    const line = JSON.stringify({
      ...{ id: 'month', direction: 'egress', bytes: 1 },
      ...{ start: '2025-10-01T00:00:00+02:00', end: '2025-11-01T00:00:00+01:00' },
    });
    return storeBody(tx, plan, Buffer.from(line));
  });
  await store(owner, [{ id: 'late', start: end + HOUR_MS, end: end + 2 * HOUR_MS }]);
  const idsFrom = async (from: number): Promise<string[]> => {
    const filter = { ...NONE, from: new Date(from), to: new Date(end + HOUR_MS) };
    return (await pageOf(owner, filter, null, 10)).map(({ id }) => id);
  };
  expect(await idsFrom(end - 1_000)).toEqual(['month']);
  expect(await idsFrom(end)).toEqual([]);
});

test('who reported nothing has no records, nor who asks for none', async () => {
  const owner = { agreementId: newId(), reporterId: newId() };
  expect(await pageOf(owner, NONE, null, 10)).toEqual([]);
  await store(owner, [{ id: 'r', start: FIRST, end: FIRST + HOUR_MS }]);
  expect(await pageOf(owner, { ...NONE, from: new Date(LAST) }, null, 10)).toEqual([]);
  expect(await pageOf(owner, { ...NONE, to: new Date(FIRST) }, null, 10)).toEqual([]);
});
