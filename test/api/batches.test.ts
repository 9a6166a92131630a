import { createHash } from 'node:crypto';
import { expectProblem } from '../support/api.js';
import { hourly, PERIOD, startMarket, type Deal, type Market } from '../support/market.js';

let market: Market;
let deal: Deal;

beforeAll(async () => {
  market = await startMarket({ worker: true });
});

afterAll(() => market.close());

beforeEach(async () => {
  deal = await market.deal();
});

const path = (): string => `/v1/agreements/${deal.code}/batches`;
const records = async (key = deal.a.key): Promise<any[]> =>
  (await market.request('GET', `/v1/agreements/${deal.code}/traffic-records?limit=1000`, { key })).body.data;
const total = async (): Promise<{ senderBytes: string; receiverBytes: string }> => {
  const where = `/v1/agreements/${deal.code}/periods/${PERIOD}/reconciliation`;
  return (await market.request('GET', where, { key: deal.b.key })).body.directions.aToB;
};

describe('a batch', () => {
  it('is answered with its receipt, which can be read again', async () => {
    const sent = [hourly('r1', '05T00', '10', { customer: 'c1' }), hourly('r2', '06T13', 32)];
    const answer = await market.send(deal, deal.a, sent);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      agreement: deal.code,
      reporter: deal.a.code,
      mode: 'atomic',
      receivedAt: expect.stringMatching(/Z$/),
      counts: { received: 2, created: 2, superseded: 0, duplicate: 0, rejected: 0 },
      totalBytes: '42',
      earliest: `${PERIOD}-05T00:00:00Z`,
      latest: `${PERIOD}-06T14:00:00Z`,
      sha256: createHash('sha256')
        .update(JSON.stringify({ records: sent }))
        .digest('hex'),
      signature: expect.any(String),
    });
    expect(answer.headers.get('location')).toBe(`${path()}/${answer.body.id}`);
    const read = await market.request('GET', `${path()}/${answer.body.id}`, { key: deal.a.key });
    expect(read.body).toEqual(answer.body);
    expect(await total()).toMatchObject({ senderBytes: '42', receiverBytes: '0' });
  });

  it.each([
    ['json', false],
    ['json', true],
    ['ndjson', false],
    ['ndjson', true],
  ] as const)('comes as %s, gzip %s, with the hash of the inflated body', async (as, gzip) => {
    const sent = Array.from({ length: 1_001 }, (_, n) => hourly(`r${n}`, '05T00', n));
    const text =
      as === 'json' ? JSON.stringify({ records: sent }) : sent.map((each) => JSON.stringify(each)).join('\n');
    const { status, body } = await market.send(deal, deal.a, sent, { as, gzip });
    expect(status).toBe(201);
    expect(body.counts).toMatchObject({ received: 1_001, created: 1_001 });
    expect(body.sha256).toBe(createHash('sha256').update(text).digest('hex'));
    expect(await total()).toMatchObject({ senderBytes: String((1_000 * 1_001) / 2) });
  });

  it('may have CRLF, empty lines and a newline at its end when it is a stream', async () => {
    const [one, two] = [hourly('r1', '05T00', 1), hourly('r2', '05T00', 2)].map((each) =>
      JSON.stringify(each),
    );
    const answer = await market.request('POST', path(), {
      key: deal.a.key,
      body: `${one}\r\n\r\n  \n${two}\n`,
      headers: { 'Content-Type': 'application/x-ndjson', 'Idempotency-Key': '' },
    });
    expect(answer.body.counts).toMatchObject({ received: 2, created: 2 });
  });

  it('is the reporter’s own: neither the counterparty nor the operator may read it', async () => {
    const { body } = await market.take(deal, deal.a, [hourly('r1', '05T00', 1)]);
    const asked = await market.request('GET', `${path()}/${body.id}`, { key: deal.b.key });
    expectProblem(asked, 404, 'batch_not_found');
    const nothing = await market.request('GET', `${path()}/${deal.a.id}`, { key: deal.b.key });
    expect({ ...asked.body, request_id: '', instance: '' }).toEqual({
      ...nothing.body,
      request_id: '',
      instance: '',
    });
    expect((await market.request('GET', path(), { key: deal.b.key })).body.data).toEqual([]);
    for (const route of ['batches', 'traffic-records']) {
      const where = `/v1/agreements/${deal.code}/${route}`;
      expectProblem(await market.request('GET', where, { key: market.operatorKey }), 403, 'not_a_party');
    }
    expectProblem(await market.send(deal, { key: market.operatorKey }, [{}]), 403, 'not_a_party');
  });

  it('is listed latest first, page by page, while others arrive', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) {
      ids.unshift((await market.take(deal, deal.a, [hourly(`r${n}`, '05T00', n)])).body.id);
    }
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const page = await market.request('GET', `${path()}?limit=2${cursor}`, { key: deal.a.key });
      seen.push(...page.body.data.map(({ id }: { id: string }) => id));
      if (page.body.nextCursor === null) break;
      await market.take(deal, deal.a, [hourly(`late-${seen.length}`, '05T00', 1)]);
      cursor = `&cursor=${page.body.nextCursor}`;
    }
    expect(seen).toEqual(ids);
  });
});

describe('bytes', () => {
  it('beyond 2^53 come back as they were sent', async () => {
    const exact = '9007199254740993';
    const greatest = '9223372036854775807';
    await market.take(deal, deal.a, [hourly('r1', '05T00', exact), hourly('r2', '05T01', greatest)]);
    expect((await records()).map(({ bytes }) => bytes)).toEqual([exact, greatest]);
    await market.take(deal, deal.a, [hourly('r3', '05T02', greatest)]);
    expect((await total()).senderBytes).toBe(String(2n ** 64n - 2n + 2n ** 53n + 1n));
  });

  it.each([
    '9007199254740993',
    '9007199254740992',
    '1.5',
    '1.0',
    '1e3',
    '-1',
    '-0',
    '"9223372036854775808"',
    '"-1"',
    '"01"',
    '" 1"',
    '""',
    'null',
    'true',
    '[1]',
  ])('written as %s are refused', async (bytes) => {
    for (const type of ['application/json', 'application/x-ndjson']) {
      const record = JSON.stringify(hourly('r1', '05T00', 7)).replace('"bytes":7', `"bytes":${bytes}`);
      const body = type === 'application/json' ? `{"records":[${record}]}` : record;
      const answer = await market.request('POST', path(), {
        key: deal.a.key,
        body,
        headers: { 'Content-Type': type, 'Idempotency-Key': '' },
      });
      expectProblem(answer, 422, 'batch_refused');
      const pointer = type === 'application/json' ? '/records/0/bytes' : '/bytes';
      expect(answer.body.errors).toEqual([expect.objectContaining({ pointer, code: 'invalid_record' })]);
    }
    expect(await records()).toEqual([]);
  });
});

describe('identity', () => {
  it('makes a record that is sent again a duplicate, however it is spelled', async () => {
    const one = hourly('r1', '05T00', '1000', { chargedUnitPrice: '0.20' });
    await market.take(deal, deal.a, [one]);
    const { start, end } = one;
    const same = {
      ...one,
      bytes: 1000,
      start: start.replace('Z', '.000+00:00'),
      end: new Date(Date.parse(end) + 3_600_000).toISOString().replace('.000Z', '+01:00'),
      chargedUnitPrice: '0.2',
      revision: 0,
      void: false,
      service: null,
    };
    const again = await market.take(deal, deal.a, [same, one]);
    expect(again.body.counts).toEqual({ received: 2, created: 0, superseded: 0, duplicate: 2, rejected: 0 });
    expect(await records()).toHaveLength(1);
    expect((await total()).senderBytes).toBe('1000');
  });

  it('makes other content under a stored revision a conflict that changes nothing', async () => {
    await market.take(deal, deal.a, [hourly('r1', '05T00', 1, { customer: 'c1' })]);
    for (const change of [
      { bytes: '2' },
      { customer: 'c2' },
      { direction: 'ingress' },
      { void: true },
    ] as const) {
      const answer = await market.send(deal, deal.a, [
        { ...hourly('r1', '05T00', 1, { customer: 'c1' }), ...change },
        hourly('r2', '05T00', 1),
      ]);
      expectProblem(answer, 422, 'batch_refused');
      expect(answer.body.errors).toEqual([
        expect.objectContaining({ index: 0, pointer: '/records/0/id', code: 'record_conflict' }),
      ]);
    }
    const inside = await market.send(deal, deal.a, [hourly('r3', '05T00', 1), hourly('r3', '05T00', 2)]);
    expect(inside.body.errors).toEqual([expect.objectContaining({ index: 1, code: 'record_conflict' })]);
    expect((await records()).map(({ id }) => id)).toEqual(['r1']);
  });

  it('lets the highest revision count, in whatever order they come', async () => {
    const revision = (n: number): object => hourly('r1', `0${n}T00`, 10 ** n, { revision: n });
    const middle = await market.take(deal, deal.a, [revision(2)]);
    expect(middle.body.counts).toMatchObject({ created: 1, superseded: 0 });
    const lower = await market.take(deal, deal.a, [revision(1)]);
    expect(lower.body.counts).toMatchObject({ created: 0, superseded: 1 });
    expect((await total()).senderBytes).toBe('100');
    await market.take(deal, deal.a, [revision(3)]);
    expect((await total()).senderBytes).toBe('1000');
    expect((await records()).map(({ revision, superseded }) => [revision, superseded])).toEqual([
      [1, true],
      [2, true],
      [3, false],
    ]);
  });

  it('lets a void revision remove a record, and a higher one bring it back', async () => {
    await market.take(deal, deal.a, [hourly('r1', '05T00', 5)]);
    await market.take(deal, deal.a, [hourly('r1', '05T00', 5, { revision: 1, void: true })]);
    expect((await total()).senderBytes).toBe('0');
    const where = `/v1/agreements/${deal.code}/periods/${PERIOD}/reconciliation/buckets`;
    const buckets = await market.request('GET', where, { key: deal.a.key });
    expect(buckets.body.data).toEqual([]);
    await market.take(deal, deal.a, [hourly('r1', '05T00', 6, { revision: 2 })]);
    expect((await total()).senderBytes).toBe('6');
  });

  it('belongs to the reporter: both parties may use the same id', async () => {
    await market.take(deal, deal.a, [hourly('r1', '05T00', 5)]);
    await market.take(deal, deal.b, [hourly('r1', '05T00', 7, { direction: 'ingress' })]);
    expect(await total()).toMatchObject({ senderBytes: '5', receiverBytes: '7' });
  });
});

describe('an Idempotency-Key', () => {
  it('brings the same receipt back, byte for byte', async () => {
    const sent = [hourly('r1', '05T00', 1), { id: 'wrong' }];
    const options = { mode: 'partial', idempotencyKey: 'k1' } as const;
    const first = await market.send(deal, deal.a, sent, options);
    const again = await market.send(deal, deal.a, sent, options);
    expect([first.status, again.status]).toEqual([207, 207]);
    expect(again.bytes).toEqual(first.bytes);
    expect([first, again].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([null, 'true']);
    const packed = await market.send(deal, deal.a, sent, { ...options, gzip: true });
    expect(packed.bytes).toEqual(first.bytes);
  });

  it('is not to be used for another body', async () => {
    await market.take(deal, deal.a, [hourly('r1', '05T00', 1)], { idempotencyKey: 'k2' });
    for (const as of ['json', 'ndjson'] as const) {
      const other = await market.send(deal, deal.a, [hourly('r2', '05T00', 1)], { as, idempotencyKey: 'k2' });
      expectProblem(other, 422, 'idempotency_key_reused');
    }
    expect(await records()).toHaveLength(1);
  });

  it('means nothing to another caller, agreement or mode', async () => {
    const other = await market.deal();
    const sent = [hourly('r1', '05T00', 1)];
    const options = { idempotencyKey: 'k3' };
    const receipts = [
      await market.take(deal, deal.a, sent, options),
      await market.take(deal, deal.b, sent, options),
      await market.take(other, other.a, sent, options),
      await market.take(deal, deal.a, sent, { ...options, mode: 'partial' }),
    ];
    expect(new Set(receipts.map(({ body }) => body.id)).size).toBe(4);
  });

  it('used by eight requests at once ends in one receipt', async () => {
    const sent = Array.from({ length: 500 }, (_, n) => hourly(`r${n}`, '05T00', 1));
    const raced = await Promise.all(
      Array.from({ length: 8 }, () => market.take(deal, deal.a, sent, { idempotencyKey: 'k4' })),
    );
    expect(new Set(raced.map(({ text }) => text)).size).toBe(1);
    expect(raced.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1);
    expect(await total()).toMatchObject({ senderBytes: '500' });
  });
});

describe('after the statement is issued', () => {
  it('a period takes nothing that would change it, but still knows what it has', async () => {
    const stored = [hourly('r1', '05T00', 5), hourly('r2', '05T01', 6)];
    await market.take(deal, deal.a, stored);
    await market.closePeriod(deal);
    const again = await market.take(deal, deal.a, stored);
    expect(again.body.counts).toMatchObject({ received: 2, duplicate: 2 });
    for (const late of [
      hourly('r3', '05T00', 1),
      hourly('r1', '05T00', 9, { revision: 1 }),
      hourly('r1', '05T00', 5, { revision: 1, void: true }),
      // Out of the closed period, and into it over its end.
      {
        ...hourly('r1', '05T00', 5, { revision: 1 }),
        start: '2025-04-01T00:00:00Z',
        end: '2025-04-01T01:00:00Z',
      },
      { ...hourly('r4', '05T00', 5), start: '2025-03-31T23:30:00Z', end: '2025-04-01T00:30:00Z' },
    ]) {
      const answer = await market.send(deal, deal.a, [...stored, late]);
      expectProblem(answer, 422, 'batch_refused');
      expect(answer.body.errors).toEqual([expect.objectContaining({ index: 2, code: 'period_closed' })]);
    }
    const mixed = await market.send(deal, deal.a, [...stored, hourly('r3', '05T00', 1)], { mode: 'partial' });
    expect(mixed.status).toBe(207);
    expect(mixed.body.counts).toMatchObject({ duplicate: 2, rejected: 1 });
    const next = { ...hourly('r5', '05T00', 1), start: '2025-04-01T00:00:00Z', end: '2025-04-01T01:00:00Z' };
    await market.take(deal, deal.a, [next]);
    expect((await total()).senderBytes).toBe('11');
  });
});
