import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import pg from 'pg';
import { layoutOf, readPassword, SUPERUSER } from '../../src/platform/embedded/cluster.js';
import { pidFromPidFile } from '../../src/platform/embedded/process-table.js';
import { PERIOD } from '../support/market.js';
import { Processes, type Service } from '../support/processes.js';
import { Random } from '../support/random.js';
import { until } from '../support/until.js';
import {
  bucketText,
  REGIONS,
  ReportedRecords,
  takenOf,
  type SentBatch,
  type Side,
  type StoredRecord,
  type Sums,
} from './reported-records.js';

/** A few in every run; `npm run test:kill` has more. */
const KILLS = Number(process.env['KILLS'] ?? 2);
const SEED = Number(process.env['KILL_SEED'] ?? Date.now() % 2 ** 31);
/** A kill waits for up to so many answers, and then for a part of the time that a batch takes. */
const ANSWERS_BEFORE_KILL_MAX = 8;
const ANSWERS_WAIT_MS = 5_000;
const FIRST_BATCH_MS = 200;
const BATCHES_MAX = 100;
const SERVER_GONE_MS = 60_000;
const SCOPES = ['agreements:read', 'agreements:write', 'traffic:write', 'traffic:read', 'statements:read'];

const processes = new Processes();
const dataDir = processes.folder();
const layout = (): ReturnType<typeof layoutOf> => layoutOf(join(dataDir, 'postgresql'));
/** Codes and keys of the two providers, made once. */
const keys = {} as Record<Side, string>;
const deals: { code: string; totals: Record<string, string> }[] = [];
const seenFates = { answered: 0, there: 0, absent: 0 };
let service: Service;
let operatorKey: string;

beforeAll(async () => {
  console.log(`${KILLS} kills; again with KILLS=${KILLS} KILL_SEED=${SEED}`);
  service = await processes.main({ DATA_DIR: dataDir }).ready();
  operatorKey = service.operatorKey()!;
  for (const side of ['a', 'b'] as const) {
    const about = { code: side, name: side, asns: [64500], billingCurrency: 'USD' };
    await made('/v1/providers', operatorKey, about);
    const { key } = await made(`/v1/providers/${side}/api-keys`, operatorKey, {
      name: 'test',
      scopes: SCOPES,
    });
    keys[side] = key;
  }
}, 120_000);

afterAll(() => processes.cleanUp(), 120_000);

test.each(Array.from({ length: KILLS }, (_, n) => [n + 1, n % 2 === 0 ? 'API' : 'PostgreSQL'] as const))(
  'kill %d, of the %s: what was answered is there once, and nothing of the rest in part',
  async (n, victim) => {
    const random = new Random(SEED + n);
    const code = await agree(`deal-${n}`);
    const reported = new ReportedRecords(random);
    const senders = (['a', 'b'] as const).map((side) => sendUntilBroken(code, reported, side, random));
    await untilMidway(reported, random);
    const killedAt = new Date();
    await kill(victim);
    await Promise.all(senders);

    service = await processes.main({ DATA_DIR: dataDir }).ready();
    await until('what the killed process had asked for is over', () => isOver(killedAt));
    await compareRecords(code, reported);
    for (const fate of ['answered', 'there', 'absent'] as const) {
      seenFates[fate] += reported.batches(fate).length;
    }
    await compareSums(code, reported);
    await sendAgain(code, reported, random);
    await compareRecords(code, reported);
    await compareSums(code, reported);
    deals.push({ code, totals: await totalsOf(code) });
  },
  180_000,
);

test('later kills took nothing from earlier agreements, and hit batches in flight', async () => {
  for (const { code, totals } of deals)
    expect({ code, totals: await totalsOf(code) }).toEqual({ code, totals });
  const { answered, there, absent } = seenFates;
  console.log(`Batches: ${answered} answered; of those that were not, ${there} there and ${absent} not.`);
  expect(answered).toBeGreaterThan(0);
  expect(there + absent).toBeGreaterThan(0);
}, 60_000);

/** One batch after the other, until an answer fails to come. Any other answer than a receipt fails the test. */
async function sendUntilBroken(
  code: string,
  reported: ReportedRecords,
  side: Side,
  random: Random,
): Promise<void> {
  for (let sent = 0; sent < BATCHES_MAX; sent += 1) {
    const batch = reported.next(side);
    const answer = await send(code, batch, random.once(3) ? random.below(40) : 0).catch(() => null);
    // The server may have died under a request: the service says so while it still can.
    if (answer === null || answer.status >= 500) return;
    expectReceipt(answer, batch, 'created');
    reported.settle(batch, 'answered');
  }
}

/** Waits for a random point of a random batch, on a fast machine and on a slow one. */
async function untilMidway(reported: ReportedRecords, random: Random): Promise<void> {
  const start = performance.now();
  const answers = random.below(ANSWERS_BEFORE_KILL_MAX + 1);
  const answered = (): number => reported.batches('answered').length;
  while (answered() < answers && performance.now() - start < ANSWERS_WAIT_MS) await sleep(1);
  // Two senders: a batch takes twice as long as the time between two answers.
  const batch_ms = answered() > 0 ? (2 * (performance.now() - start)) / answered() : FIRST_BATCH_MS;
  await sleep(random.below(Math.ceil(batch_ms)));
}

/** Some batches whose answer never came, as their sender would: all of it is new then, or nothing. */
async function sendAgain(code: string, reported: ReportedRecords, random: Random): Promise<void> {
  for (const batch of [...reported.batches('there', 'absent')]) {
    if (random.once(3)) continue;
    const wasThere = reported.batches('there').includes(batch);
    const answer = await send(code, batch, 0);
    const replayed = wasThere && batch.idempotencyKey !== '';
    expect(answer.replayed).toBe(replayed);
    expectReceipt(answer, batch, wasThere && !replayed ? 'duplicate' : 'created');
    reported.settle(batch, 'answered');
  }
}

function expectReceipt(
  { status, body }: { status: number; body: any },
  batch: SentBatch,
  as: 'created' | 'duplicate',
): void {
  const counts = { received: batch.records.length, created: 0, superseded: 0, duplicate: 0 };
  expect({ status, counts: body.counts }).toEqual({
    status: batch.refused > 0 ? 207 : 201,
    counts: { ...counts, rejected: batch.refused, [as]: takenOf(batch).length },
  });
}

/** Ends the victim without a word, and waits until nothing of the service is left. */
async function kill(victim: 'API' | 'PostgreSQL'): Promise<void> {
  const pid = victim === 'API' ? service.pid : pidFromPidFile(layout().cluster)!;
  process.kill(pid, 'SIGKILL');
  const late = sleep(SERVER_GONE_MS, 'still running', { ref: false });
  expect(await Promise.race([service.ended(), late])).toBe(victim === 'API' ? 'SIGKILL' : 1);
}

async function compareRecords(code: string, reported: ReportedRecords): Promise<void> {
  for (const side of ['a', 'b'] as const) {
    const path = `/v1/agreements/${code}/traffic-records`;
    reported.compare(side, await everyPage<StoredRecord>(path, keys[side]));
  }
}

/** The sums that reconciliation shows and that closing a month reads, and their tables. */
async function compareSums(code: string, reported: ReportedRecords): Promise<void> {
  const shown: Record<string, string> = {};
  for (const [key, { bytes }] of reported.buckets()) {
    const [direction, side] = key.split(' ');
    const name = `${direction} ${side}`;
    shown[name] = String(BigInt(shown[name] ?? 0) + bytes);
  }
  expect(await totalsOf(code)).toMatchObject(shown);
  const tables = await sumsOf(code);
  expect(tables.buckets).toEqual(reported.buckets());
  expect(tables.customers).toEqual(reported.customers());
  // Of a period the records are counted, not their bytes.
  const periods = [...reported.periods()].map(([key, { records }]) => [key, { bytes: 0n, records }] as const);
  expect(tables.periods).toEqual(new Map(periods));
}

async function totalsOf(code: string): Promise<Record<string, string>> {
  const path = `/v1/agreements/${code}/periods/${PERIOD}/reconciliation`;
  const { directions } = (await call('GET', path, keys.a)).body;
  return Object.fromEntries(
    ['aToB', 'bToA'].flatMap((direction) => [
      [`${direction} sender`, directions[direction].senderBytes],
      [`${direction} receiver`, directions[direction].receiverBytes],
    ]),
  );
}

function ownerClient(): pg.Client {
  const port = readFileSync(join(layout().cluster, 'postmaster.pid'), 'utf8').split('\n')[3]!.trim();
  const url = `postgres://${SUPERUSER}:${readPassword(layout())}@127.0.0.1:${port}/peerledger`;
  return new pg.Client({ connectionString: url });
}

/** Whether no session of before an instant is left: a commit may outlive the process that asked for it. */
async function isOver(instant: Date): Promise<boolean> {
  const client = ownerClient();
  await client.connect();
  try {
    const { rows } = await client.query(
      `SELECT FROM pg_stat_activity WHERE backend_type = 'client backend' AND backend_start < $1`,
      [instant],
    );
    return rows.length === 0;
  } finally {
    await client.end();
  }
}

/** The sums as their tables hold them; a sum of nothing may be there or not. */
async function sumsOf(code: string): Promise<Record<'buckets' | 'customers' | 'periods', Sums>> {
  const client = ownerClient();
  await client.connect();
  try {
    const read = async (sql: string, keyOf: (row: any) => string): Promise<Sums> => {
      const { rows } = await client.query(sql, [code]);
      return new Map(
        rows.map((row) => [keyOf(row), { bytes: BigInt(row.bytes), records: Number(row.records) }]),
      );
    };
    return {
      buckets: await read(
        `SELECT direction, side, bucket_start, source_region, sum(bytes) AS bytes, sum(records) AS records
           FROM usage_buckets,
                LATERAL (VALUES ('sender', sender_bytes, sender_records),
                                ('receiver', receiver_bytes, receiver_records)) AS sides (side, bytes, records)
          WHERE agreement_id = (SELECT id FROM agreements WHERE code = $1)
          GROUP BY direction, side, bucket_start, source_region HAVING sum(records) <> 0 OR sum(bytes) <> 0`,
        (row) => `${row.direction} ${row.side} ${bucketText(row.bucket_start)} ${row.source_region}`,
      ),
      customers: await read(
        `SELECT code, direction, customer, sum(bytes) AS bytes, sum(records) AS records
           FROM usage_customers JOIN providers ON providers.id = reporter_id
          WHERE agreement_id = (SELECT id FROM agreements WHERE code = $1)
          GROUP BY code, direction, customer HAVING sum(records) <> 0 OR sum(bytes) <> 0`,
        (row) => `${row.code} ${row.direction} ${row.customer}`,
      ),
      periods: await read(
        `SELECT code, 0 AS bytes, sum(records) AS records
           FROM usage_periods JOIN providers ON providers.id = reporter_id
          WHERE agreement_id = (SELECT id FROM agreements WHERE code = $1)
          GROUP BY code HAVING sum(records) <> 0`,
        (row) => row.code,
      ),
    };
  } finally {
    await client.end();
  }
}

async function agree(code: string): Promise<string> {
  const parties = { code, partyA: 'a', partyB: 'b', timezone: 'Etc/UTC', currency: 'USD', autoClose: false };
  await made('/v1/agreements', operatorKey, parties);
  const reconciliation = { scope: ['sourceRegion'], scopeValues: { sourceRegion: REGIONS } };
  const terms = { reconciliation, directions: { aToB: {}, bToA: {} } };
  const versions = `/v1/agreements/${code}/versions`;
  const { sha256 } = await made(versions, keys.a, { effectiveFrom: PERIOD, terms });
  const accepted = await call('POST', `${versions}/1/accept`, keys.b, JSON.stringify({ sha256 }));
  expect(accepted.status).toBe(200);
  return code;
}

async function made(path: string, key: string, body: unknown): Promise<any> {
  const answer = await call('POST', path, key, JSON.stringify(body));
  if (answer.status !== 201) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

async function everyPage<Row>(path: string, key: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { status, body } = await call('GET', `${path}?limit=1000${cursor && `&cursor=${cursor}`}`, key);
    expect(status).toBe(200);
    rows.push(...body.data);
    cursor = body.nextCursor;
  }
  return rows;
}

/** Sends a batch, its second half after a pause where one is asked for, so that a kill may come between. */
async function send(code: string, batch: SentBatch, pause_ms: number): Promise<Answer> {
  const { as, gzip, idempotencyKey, mode, records, side } = batch;
  const lines = records.map((record) => JSON.stringify(record));
  const text = as === 'json' ? `{"records":[${lines.join(',')}]}` : lines.join('\n');
  const bytes = gzip ? gzipSync(text) : Buffer.from(text);
  return call('POST', `/v1/agreements/${code}/batches?mode=${mode}`, keys[side], inHalves(bytes, pause_ms), {
    'Content-Type': as === 'json' ? 'application/json' : 'application/x-ndjson',
    'Idempotency-Key': idempotencyKey,
    ...(gzip && { 'Content-Encoding': 'gzip' }),
  });
}

async function* inHalves(bytes: Buffer, pause_ms: number): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, bytes.length / 2);
  if (pause_ms > 0) await sleep(pause_ms);
  yield bytes.subarray(bytes.length / 2);
}

interface Answer {
  status: number;
  body: any;
  replayed: boolean;
}

let calls = 0;

async function call(
  method: string,
  path: string,
  key: string,
  body?: string | AsyncIterable<Uint8Array>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const all = {
    Authorization: `Bearer ${key}`,
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
    ...(method === 'POST' && { 'Idempotency-Key': `call-${(calls += 1)}` }),
    ...headers,
  };
  const request = {
    method,
    headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')),
    ...(body !== undefined && { body, duplex: 'half' }),
  };
  const response = await fetch(service.url() + path, request as RequestInit);
  const replayed = response.headers.has('idempotent-replayed');
  return { status: response.status, body: await response.json(), replayed };
}
