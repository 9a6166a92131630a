import { expectProblem } from '../support/api.js';
import { FREE, hourly, PERIOD, startMarket, type Deal, type Market, type Party } from '../support/market.js';

let market: Market;

beforeAll(async () => {
  market = await startMarket({ worker: true });
});

afterAll(() => market.close());

const base = (deal: Deal, period = PERIOD): string =>
  `/v1/agreements/${deal.code}/periods/${period}/reconciliation`;
const read = (deal: Deal, by: Party = deal.a, period = PERIOD) =>
  market.request('GET', base(deal, period), { key: by.key });
const buckets = async (deal: Deal, query = ''): Promise<any[]> =>
  (await market.request('GET', `${base(deal)}/buckets${query}`, { key: deal.b.key })).body.data;

/** Each pair is what A sent and B received, hour by hour; null where a side says nothing. */
async function report(deal: Deal, pairs: readonly [number | null, number | null][]): Promise<void> {
  const at = (n: number): string => `05T${String(n).padStart(2, '0')}`;
  const side = (which: 0 | 1, direction: 'egress' | 'ingress') =>
    pairs.flatMap((pair, n) => {
      const bytes = pair[which];
      return bytes === null ? [] : [hourly(`r${n}`, at(n), bytes, { direction })];
    });
  await market.take(deal, deal.a, side(0, 'egress'));
  await market.take(deal, deal.b, side(1, 'ingress'));
}

const PAIRS: [number | null, number | null][] = [
  [1_000, 1_000],
  [1_000_000, 999_000],
  [1_000_000, 998_999],
  [700, null],
  [null, 300],
  [0, 0],
];

describe('a reconciliation', () => {
  it('says what each side reported, what is settled, and how buckets stand', async () => {
    const deal = await market.deal();
    await report(deal, PAIRS);
    const { status, body, headers } = await read(deal);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      agreement: deal.code,
      period: PERIOD,
      state: 'open',
      bucket: 'hour',
      directions: {
        aToB: {
          senderBytes: String(1_000 + 2_000_000 + 700),
          receiverBytes: String(1_000 + 999_000 + 998_999 + 300),
          // Lower of each, and what one side alone reported.
          settledBytes: String(1_000 + 999_000 + 998_999 + 700 + 300),
          discrepancyBytes: String(1_001),
        },
        bToA: { senderBytes: '0', receiverBytes: '0', settledBytes: '0', discrepancyBytes: '0' },
      },
      counts: { exact: 2, within_tolerance: 1, mismatch: 1, missing_sender: 1, missing_receiver: 1 },
    });
    expect((await read(deal, deal.b)).body).toEqual(body);
    const same = await market.request('GET', base(deal), {
      key: deal.a.key,
      headers: { 'If-None-Match': headers.get('etag')! },
    });
    expect(same.status).toBe(304);
  });

  it('lists buckets, by status and page by page', async () => {
    const deal = await market.deal();
    await report(deal, PAIRS);
    const all = await buckets(deal);
    expect(all.map(({ status }) => status)).toEqual([
      'exact',
      'within_tolerance',
      'mismatch',
      'missing_receiver',
      'missing_sender',
      'exact',
    ]);
    expect(all[3]).toEqual({
      agreedBytes: null,
      direction: 'aToB',
      start: `${PERIOD}-05T03:00:00Z`,
      end: `${PERIOD}-05T04:00:00Z`,
      scope: {},
      senderBytes: '700',
      receiverBytes: null,
      settledBytes: '700',
      discrepancyBytes: '0',
      status: 'missing_receiver',
    });
    expect(all[5]).toMatchObject({ senderBytes: '0', receiverBytes: '0', status: 'exact' });
    expect(await buckets(deal, '?status=mismatch')).toEqual([all[2]]);
    expect(await buckets(deal, '?direction=bToA')).toEqual([]);
    const paged: unknown[] = [];
    for (let path: string | null = `${base(deal)}/buckets?limit=4`; path;) {
      const page = await market.request('GET', path, { key: deal.a.key });
      paged.push(...page.body.data);
      path = page.body.nextCursor && `${base(deal)}/buckets?limit=4&cursor=${page.body.nextCursor}`;
    }
    expect(paged).toEqual(all);
    for (const query of ['?status=missing', '?direction=both', '?limit=0', '?limit=1001']) {
      const refused = await market.request('GET', `${base(deal)}/buckets${query}`, { key: deal.a.key });
      expectProblem(refused, 422, 'validation_failed');
    }
    const madeUp = await market.request('GET', `${base(deal)}/buckets?cursor=W10`, { key: deal.a.key });
    expectProblem(madeUp, 400, 'invalid_cursor');
  });

  it.each([
    ['sender', 'hold', 1_000 + 1_000_000 + 1_000_000],
    ['receiver', 'use_reported', 1_000 + 999_000 + 998_999 + 1_000],
    ['higher', 'hold', 1_000 + 1_000_000 + 1_000_000],
    ['average', 'hold', 1_000 + 999_500 + 999_499],
  ])('settles by the rule %s, and one side alone by %s', async (rule, oneSided, settled) => {
    const reconciliation = { settledBytesRule: rule, mismatchRule: rule, oneSided };
    const deal = await market.deal({ terms: { ...FREE, reconciliation } });
    await report(deal, PAIRS);
    const { settledBytes, discrepancyBytes } = (await read(deal)).body.directions.aToB;
    expect(settledBytes).toBe(String(settled));
    expect(discrepancyBytes).toBe(String(1_001 + (oneSided === 'hold' ? 1_000 : 0)));
  });

  it('takes a tolerance in bytes as well as in ppm, whichever is larger', async () => {
    const tolerant = { absoluteBytes: '10', ppm: 0 };
    const deal = await market.deal({ terms: { ...FREE, reconciliation: tolerant } });
    await report(deal, [
      [100, 110],
      [100, 111],
    ]);
    expect((await read(deal)).body.counts).toMatchObject({ within_tolerance: 1, mismatch: 1 });
  });

  it('splits by scope', async () => {
    const reconciliation = { scope: ['service'], scopeValues: { service: ['backup', 'video'] } };
    const deal = await market.deal({ terms: { ...FREE, reconciliation } });
    await market.take(deal, deal.a, [
      hourly('a', '05T00', 10, { service: 'video' }),
      hourly('b', '05T00', 20, { service: 'backup' }),
    ]);
    await market.take(deal, deal.b, [hourly('a', '05T00', 10, { service: 'video', direction: 'ingress' })]);
    expect(await buckets(deal)).toMatchObject([
      { scope: { service: 'backup' }, senderBytes: '20', receiverBytes: null, status: 'missing_receiver' },
      { scope: { service: 'video' }, senderBytes: '10', receiverBytes: '10', status: 'exact' },
    ]);
  });

  it('raises hints that change no figure', async () => {
    const month = { monthPpm: 100 };
    const biased = await market.deal({ terms: { ...FREE, reconciliation: month } });
    await report(
      biased,
      Array.from({ length: 4 }, () => [1_000_000, 999_500] as [number, number]),
    );
    expect((await read(biased)).body).toMatchObject({
      flags: ['month_bias'],
      counts: { within_tolerance: 4, mismatch: 0 },
    });
    const doubled = await market.deal();
    await report(doubled, [[2_000, 1_000]]);
    expect((await read(doubled)).body.flags).toContain('duplicate_suspect');
    const shifted = await market.deal();
    await report(shifted, [
      [100, 900],
      [500, 100],
      [300, 500],
      [700, 300],
    ]);
    expect((await read(shifted)).body.flags).toContain('shift_suspect');
  });

  it('of a period without terms, or that is none, is refused', async () => {
    const deal = await market.deal();
    expectProblem(await read(deal, deal.a, '2025-02'), 409, 'agreement_not_in_force');
    for (const period of ['2025-13', '2025-3', 'latest']) {
      const { status } = await read(deal, deal.a, period);
      expect([404, 422]).toContain(status);
    }
  });

  it('is closed once the statement is issued', async () => {
    const deal = await market.deal();
    await report(deal, PAIRS);
    const before = (await read(deal)).body;
    await market.closePeriod(deal);
    expect((await read(deal)).body).toEqual({ ...before, state: 'closed' });
  });
});

describe('an amendment for an open period', () => {
  it('adds its records up anew, in buckets of another size', async () => {
    const deal = await market.deal({ timezone: 'Europe/Zurich' });
    // Around midnight in Zurich, an hour before it in UTC.
    await report(deal, [
      [100, 100],
      [20, 20],
    ]);
    const late = {
      ...hourly('late', '05T22', '10'),
      start: `${PERIOD}-05T22:30:00Z`,
      end: `${PERIOD}-05T23:30:00Z`,
    };
    await market.take(deal, deal.a, [late]);
    expect((await buckets(deal)).map(({ senderBytes }) => senderBytes)).toEqual(['100', '20', '5', '5']);
    const before = (await read(deal)).body.directions;

    const daily = await market.agree(deal, { ...FREE, reconciliation: { bucket: 'day' } });
    expect(daily.status).toBe(200);
    expect(await buckets(deal)).toMatchObject([
      {
        start: `${PERIOD}-04T23:00:00Z`,
        end: `${PERIOD}-05T23:00:00Z`,
        senderBytes: '125',
        receiverBytes: '120',
      },
      {
        start: `${PERIOD}-05T23:00:00Z`,
        end: `${PERIOD}-06T23:00:00Z`,
        senderBytes: '5',
        receiverBytes: null,
      },
    ]);
    const after = (await read(deal)).body;
    expect(after.bucket).toBe('day');
    expect(after.version).toBe(2);
    for (const side of ['senderBytes', 'receiverBytes']) {
      expect(after.directions.aToB[side]).toBe(before.aToB[side]);
    }
    await market.agree(deal, { ...FREE, reconciliation: { bucket: '5min' } });
    const fine = await buckets(deal);
    expect(fine).toHaveLength(36);
    // 10 bytes over 12 buckets: each boundary's share is rounded up, and nothing is lost.
    expect(
      fine
        .slice(24)
        .map(({ senderBytes }) => senderBytes)
        .join(''),
    ).toBe('111110111110');
    expect((await read(deal)).body.directions.aToB).toMatchObject({
      senderBytes: '130',
      receiverBytes: '120',
    });
    const split = await market.send(deal, deal.a, [hourly('long', '07T00', 1)]);
    expect(split.body.errors).toMatchObject([{ code: 'interval_too_long' }]);
  });

  it('from the next period on leaves the open one before it as it was', async () => {
    const deal = await market.deal();
    await report(deal, PAIRS);
    const straddling = {
      ...hourly('s', '05T00', 100),
      start: '2025-03-31T23:30:00Z',
      end: '2025-04-01T00:30:00Z',
    };
    await market.take(deal, deal.a, [straddling]);
    const before = (await read(deal)).body;
    await market.agree(deal, { ...FREE, reconciliation: { bucket: 'month' } }, '2025-04');
    expect((await read(deal)).body).toEqual(before);
    expect((await read(deal, deal.a, '2025-04')).body).toMatchObject({
      bucket: 'month',
      directions: { aToB: { senderBytes: '50' } },
    });
  });

  it('is refused where it would reach into an issued one', async () => {
    const deal = await market.deal();
    await market.closePeriod(deal);
    const answer = await market.agree(deal, { ...FREE, netting: false });
    expectProblem(answer, 409, 'terms_in_closed_period');
    expect((await market.agree(deal, { ...FREE, netting: false }, '2025-04')).status).toBe(200);
  });

  it('that was proposed before the issue is not accepted after it', async () => {
    const deal = await market.deal();
    const proposed = await market.request('POST', `/v1/agreements/${deal.code}/versions`, {
      key: deal.a.key,
      body: { effectiveFrom: PERIOD, terms: { ...FREE, netting: false } },
    });
    await market.closePeriod(deal);
    const accepted = await market.request('POST', `/v1/agreements/${deal.code}/versions/2/accept`, {
      key: deal.b.key,
      body: { sha256: proposed.body.sha256 },
    });
    expectProblem(accepted, 409, 'terms_in_closed_period');
    const list = await market.request('GET', `/v1/agreements/${deal.code}/versions`, { key: deal.a.key });
    expect(list.body.data[1]).toMatchObject({ state: 'proposed', acceptedBy: [deal.a.code] });
  });
});
