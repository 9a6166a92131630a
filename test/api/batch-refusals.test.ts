import { request as httpRequest, type ClientRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { expectProblem } from '../support/api.js';
import { hourly, PERIOD, startMarket, type Deal, type Market, type Sent } from '../support/market.js';
import { FIRST_BYTES } from '../../src/traffic/body-feed.js';
import { until } from '../support/until.js';

const LIMITS = {
  JSON_BATCH_MAX_BYTES: '65536',
  JSON_BATCH_MAX_RECORDS: '50',
  STREAM_MAX_BYTES: '400000',
  STREAM_MAX_RECORDS: '1500',
  RECORD_MAX_BYTES: '2048',
};
const REGIONS = { sourceRegion: 'eu-1', destinationRegion: 'us-1' };

let market: Market;
let deal: Deal;

beforeAll(async () => {
  market = await startMarket({ environment: LIMITS });
});

afterAll(() => market.close());

beforeEach(async () => {
  deal = await market.deal();
});

const path = (): string => `/v1/agreements/${deal.code}/batches`;
const stored = async (): Promise<Record<string, string>> => {
  const counts = [];
  for (const table of ['batches', 'traffic_records', 'usage_buckets', 'usage_customers', 'usage_periods']) {
    const [row] = await market.database.query<{ count: string }>(
      `SELECT count(*) FROM ${table} WHERE agreement_id = (SELECT id FROM agreements WHERE code = $1)`,
      [deal.code],
    );
    counts.push([table, row!.count]);
  }
  return Object.fromEntries(counts);
};
const NOTHING = {
  batches: '0',
  traffic_records: '0',
  usage_buckets: '0',
  usage_customers: '0',
  usage_periods: '0',
};
const raw = (body: string | Uint8Array, type: string, headers: Record<string, string> = {}, query = '') =>
  market.request('POST', path() + query, {
    key: deal.a.key,
    body,
    headers: { 'Content-Type': type, 'Idempotency-Key': '', ...headers },
  });

describe('a wrong record', () => {
  const good = hourly('r1', '05T00', 1);
  const cases: [string, object, string][] = [
    ['/id', { id: '' }, 'invalid_record'],
    ['/id', { id: 'x'.repeat(129) }, 'invalid_record'],
    ['/id', { id: 'two\nlines' }, 'invalid_record'],
    ['/id', { id: undefined }, 'invalid_record'],
    ['/id', { id: 7 }, 'invalid_record'],
    ['/direction', { direction: 'out' }, 'invalid_record'],
    ['/start', { start: '2025-03-05T00:00:00' }, 'invalid_record'],
    ['/start', { start: '2025-03-05' }, 'invalid_record'],
    ['/start', { start: '2025-02-30T00:00:00Z' }, 'invalid_record'],
    ['/start', { start: '2025-03-05T00:00:00.5Z' }, 'invalid_record'],
    ['/start', { start: 1741132800000 }, 'invalid_record'],
    ['/end', { end: good.start }, 'invalid_record'],
    ['/end', { end: '2025-03-04T23:00:00Z' }, 'invalid_record'],
    ['/bytes', { bytes: undefined }, 'invalid_record'],
    ['/customer', { customer: '' }, 'invalid_record'],
    ['/customer', { customer: ' padded' }, 'invalid_record'],
    ['/sourceRegion', { sourceRegion: 1 }, 'invalid_record'],
    ['/chargedUnitPrice', { chargedUnitPrice: 0.2 }, 'invalid_record'],
    ['/chargedUnitPrice', { chargedUnitPrice: '-0.2' }, 'invalid_record'],
    ['/chargedUnitPrice', { chargedUnitPrice: '0.1234567890123' }, 'invalid_record'],
    ['/revision', { revision: -1 }, 'invalid_record'],
    ['/revision', { revision: 1.5 }, 'invalid_record'],
    ['/revision', { revision: 2 ** 31 }, 'invalid_record'],
    ['/revision', { revision: '1' }, 'invalid_record'],
    ['/void', { void: 'true' }, 'invalid_record'],
    ['/surprise~1~0', { 'surprise/~': 1 }, 'invalid_record'],
    ['/end', { end: '2025-03-05T01:00:01Z' }, 'interval_too_long'],
    ['/end', { start: '2999-01-01T00:00:00Z', end: '2999-01-01T01:00:00Z' }, 'interval_in_future'],
    ['/start', { start: '2025-02-05T00:00:00Z', end: '2025-02-05T01:00:00Z' }, 'agreement_not_in_force'],
    ['/start', { start: '2025-02-28T23:30:00Z', end: '2025-03-01T00:30:00Z' }, 'agreement_not_in_force'],
  ];

  it('is pointed at in JSON by its index, and in a stream by its line', async () => {
    const sent = cases.map(([, change], n) => ({ ...good, id: `r${n}`, ...change }));
    const expected = cases.map(([pointer, , code], index) => ({ index, pointer, code }));
    const json = await market.send(deal, deal.a, sent);
    expectProblem(json, 422, 'batch_refused');
    expect(json.body.error_count).toBe(cases.length);
    expect(json.body.errors).toEqual(
      expected.map(({ index, pointer, code }) => ({
        index,
        pointer: `/records/${index}${pointer}`,
        code,
        detail: expect.any(String),
      })),
    );
    const stream = await market.send(deal, deal.a, sent, { as: 'ndjson' });
    expectProblem(stream, 422, 'batch_refused');
    expect(stream.body.errors).toEqual(
      expected.map((error) => ({ ...error, line: error.index + 1, detail: expect.any(String) })),
    );
    expect(await stored()).toEqual(NOTHING);
  });

  it('in an atomic batch leaves nothing of it', async () => {
    const sent = [hourly('r1', '05T00', 1), hourly('r2', '05T00', -1), hourly('r3', '05T00', 1)];
    for (const as of ['json', 'ndjson'] as const) {
      const answer = await market.send(deal, deal.a, sent, { as });
      expectProblem(answer, 422, 'batch_refused');
      expect(answer.body.errors).toHaveLength(1);
      expect(await stored()).toEqual(NOTHING);
    }
    await market.take(deal, deal.a, [sent[0], sent[2]]);
  });

  it('in a partial batch is told, and the others are taken', async () => {
    const sent = [hourly('r1', '05T00', 1), { id: 'wrong' }, hourly('r3', '05T00', 1)];
    const answer = await market.send(deal, deal.a, sent, { mode: 'partial' });
    expect(answer.status).toBe(207);
    expect(answer.body).toMatchObject({
      mode: 'partial',
      counts: { received: 3, created: 2, superseded: 0, duplicate: 0, rejected: 1 },
      totalBytes: '2',
    });
    expect(answer.body.errors.map(({ index }: { index: number }) => index)).toEqual([1, 1, 1, 1]);
    const read = await market.request('GET', `${path()}/${answer.body.id}`, { key: deal.a.key });
    expect(read.body).toEqual(answer.body);
    expect(await stored()).toMatchObject({ batches: '1', traffic_records: '2' });
    const clean = await market.send(deal, deal.a, [hourly('r4', '05T00', 1)], { mode: 'partial' });
    expect(clean.status).toBe(201);
    expect(clean.body.errors).toBeUndefined();
    const useless = await market.send(deal, deal.a, [{ id: 'wrong' }], { mode: 'partial' });
    expect(useless.status).toBe(207);
    expect(useless.body).toMatchObject({ totalBytes: '0', earliest: null, latest: null });
  });

  it('is one of many: the first thousand are listed, and all are counted', async () => {
    const sent = Array.from({ length: 1_200 }, (_, n) => ({ id: `r${n}` }));
    const answer = await market.send(deal, deal.a, sent, { as: 'ndjson' });
    expect(answer.body.errors).toHaveLength(1_000);
    expect(answer.body.error_count).toBe(4_800);
  });

  it('that is no JSON is an error of its line alone', async () => {
    const lines = [
      JSON.stringify(good),
      '{"id": ',
      '[]',
      '{"id":"a","id":"b"}',
      '"x"',
      JSON.stringify({ ...good, id: 'r9' }),
    ];
    const answer = await raw(lines.join('\n'), 'application/x-ndjson', {}, '?mode=partial');
    expect(answer.status).toBe(207);
    expect(answer.body.counts).toMatchObject({ received: 6, created: 2, rejected: 4 });
    expect(answer.body.errors.map(({ line }: { line: number }) => line)).toEqual([2, 3, 4, 5]);
  });
});

describe('scope', () => {
  it('refuses values that the terms do not list', async () => {
    const reconciliation = {
      scope: ['sourceRegion', 'destinationRegion'],
      scopeValues: { sourceRegion: ['eu-1'], destinationRegion: ['us-1', 'us-2'] },
    };
    deal = await market.deal({ terms: { reconciliation, directions: {} } });
    const record = (n: number, more: Partial<Sent>): Sent => hourly(`r${n}`, '05T00', 1, more);
    await market.take(deal, deal.a, [record(1, REGIONS), record(2, { ...REGIONS, service: 'any' })]);
    const answer = await market.send(deal, deal.a, [
      record(3, { ...REGIONS, sourceRegion: 'eu-2' }),
      record(4, { sourceRegion: 'eu-1' }),
    ]);
    expect(answer.body.errors).toMatchObject([
      { pointer: '/records/0/sourceRegion', code: 'unknown_scope_value' },
      { pointer: '/records/1/destinationRegion', code: 'unknown_scope_value' },
    ]);
  });
});

describe('a body', () => {
  it.each([
    ['', 'application/json', 422, 'invalid_batch'],
    ['{}', 'application/json', 422, 'invalid_batch'],
    ['[]', 'application/json', 422, 'invalid_batch'],
    ['null', 'application/json', 422, 'invalid_batch'],
    ['{"records":[]}', 'application/json', 422, 'invalid_batch'],
    ['{"records":{}}', 'application/json', 422, 'invalid_batch'],
    ['{"records":[{}],"more":1}', 'application/json', 422, 'invalid_batch'],
    ['{"records":', 'application/json', 400, 'malformed_json'],
    ['\n\n', 'application/x-ndjson', 422, 'invalid_batch'],
    ['{"records":[{}]}', 'text/plain', 415, 'unsupported_media_type'],
    ['{"records":[{}]}', 'application/json; charset=utf-16', 415, 'unsupported_media_type'],
  ])('%j as %s is %i %s', async (body, type, status, code) => {
    expectProblem(await raw(body, type), status, code);
    expect(await stored()).toEqual(NOTHING);
  });

  it('in an unknown encoding or mode is refused', async () => {
    const body = JSON.stringify({ records: [hourly('r1', '05T00', 1)] });
    const encoded = await raw(body, 'application/json', { 'Content-Encoding': 'compress' });
    expectProblem(encoded, 415, 'unsupported_media_type');
    expectProblem(await raw(body, 'application/json', {}, '?mode=some'), 422, 'validation_failed');
  });

  it('with too many records is 413', async () => {
    const some = (count: number): Sent[] =>
      Array.from({ length: count }, (_, n) => hourly(`r${n}`, '05T00', 1));
    expectProblem(await market.send(deal, deal.a, some(51)), 413, 'too_many_records');
    const stream = await market.send(deal, deal.a, some(1_501), { as: 'ndjson', mode: 'partial' });
    expectProblem(stream, 413, 'too_many_records');
    expect(await stored()).toEqual(NOTHING);
    await market.take(deal, deal.a, some(50));
    await market.take(deal, deal.a, some(1_500), { as: 'ndjson' });
  });

  it('with a record that is too large is 413, wherever its end falls', async () => {
    for (const length of [2_100, 40_000, 200_000]) {
      for (const gzip of [false, true]) {
        const large = { ...hourly('r1', '05T00', 1), customer: 'x'.repeat(length) };
        for (const records of [[large], [hourly('r0', '05T00', 1), large, hourly('r2', '05T00', 1)]]) {
          const answer = await market.send(deal, deal.a, records, { as: 'ndjson', gzip, mode: 'partial' });
          expectProblem(answer, 413, 'record_too_large');
        }
      }
    }
    expect(await stored()).toEqual(NOTHING);
  });

  it('of more bytes than is taken is 413, also when gzip hides them', async () => {
    for (const [type, length] of [
      ['application/json', 65_537],
      ['application/x-ndjson', 400_001],
    ] as const) {
      const text = `${JSON.stringify(hourly('r1', '05T00', 1))}\n`;
      const body = text + '\n'.repeat(length - text.length);
      expectProblem(await raw(body, type), 413, 'payload_too_large');
      expectProblem(
        await raw(gzipSync(body), type, { 'Content-Encoding': 'gzip' }),
        413,
        'payload_too_large',
      );
    }
    expect(await stored()).toEqual(NOTHING);
  });

  it('whose gzip is broken is refused', async () => {
    const record = hourly('r1', '05T00', 1);
    for (const [type, content] of [
      ['application/json', { records: [record] }],
      ['application/x-ndjson', record],
    ] as const) {
      const whole = gzipSync(JSON.stringify(content));
      const twice = Buffer.concat([whole, whole]);
      for (const body of [whole.subarray(0, whole.length - 6), Buffer.from('{}'), twice]) {
        const answer = await raw(body, type, { 'Content-Encoding': 'gzip' });
        expect([400, 422]).toContain(answer.status);
      }
    }
    expect(await stored()).toEqual(NOTHING);
  });
});

describe('a connection that is cut in mid-stream', () => {
  const openBatch = (): ClientRequest => {
    const request = httpRequest(market.url + path(), {
      method: 'POST',
      headers: { Authorization: `Bearer ${deal.a.key}`, 'Content-Type': 'application/x-ndjson' },
    });
    request.on('error', () => undefined);
    return request;
  };
  const writers = async (): Promise<number> => {
    const rows = await market.database.query(
      `SELECT FROM pg_locks WHERE locktype = 'advisory'
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    return rows.length;
  };

  it('leaves nothing, and the reporter can go on at once', async () => {
    const request = openBatch();
    for (let n = 0; n < 1_200; n++) {
      request.write(`${JSON.stringify(hourly(`r${n}`, '05T00', 1))}\n`);
    }
    const inFlight = async (): Promise<boolean> => (await writers()) === 1;
    await until('the batch is being written', inFlight);
    request.destroy();
    await until('the batch is given up', async () => (await writers()) === 0);
    expect(await stored()).toEqual(NOTHING);
    const again = await market.take(deal, deal.a, [hourly('r1', '05T00', 1)]);
    expect(again.body.counts).toMatchObject({ created: 1, duplicate: 0 });
    expect((await market.request('GET', path(), { key: deal.a.key })).body.data).toHaveLength(1);
  });

  it('does not keep others from reporting while it stands still', async () => {
    const request = openBatch();
    // Empty lines: a batch is written once enough of it is there to be worth a place.
    request.write(`${JSON.stringify(hourly('slow', '05T00', 1))}\n${'\n'.repeat(FIRST_BYTES)}`);
    await until('the batch is being written', async () => (await writers()) === 1);
    await market.take(deal, deal.b, [hourly('r1', '05T00', 1, { direction: 'ingress' })]);
    const where = `/v1/agreements/${deal.code}/periods/${PERIOD}/reconciliation`;
    const read = await market.request('GET', where, { key: deal.a.key });
    expect(read.body.directions.aToB).toMatchObject({ senderBytes: '0', receiverBytes: '1' });
    request.destroy();
    await until('the batch is given up', async () => (await writers()) === 0);
  });
});
