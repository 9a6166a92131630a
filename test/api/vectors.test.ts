import { startMarket, type Deal, type Market, type Party, type Sent } from '../support/market.js';
import { expandBuckets, readVectors, type Vector } from '../vectors/read-vectors.js';

let market: Market;

beforeAll(async () => {
  market = await startMarket({ worker: true });
});

afterAll(() => market.close());

const BATCH_MAX = 10_000;

/** What each side reports of its buckets: one record a bucket, the sender's egress and the receiver's ingress. */
function reportsOf(buckets: readonly any[]): Record<'A' | 'B', Sent[]> {
  const reports: Record<'A' | 'B', Sent[]> = { A: [], B: [] };
  expandBuckets(buckets).forEach(({ direction, start, end, scope, senderBytes, receiverBytes }, n) => {
    const [sender, receiver] = direction === 'aToB' ? (['A', 'B'] as const) : (['B', 'A'] as const);
    const common = { id: `${direction}-${n}`, start, end, ...scope };
    if (senderBytes !== null) reports[sender].push({ ...common, direction: 'egress', bytes: senderBytes });
    if (receiverBytes !== null)
      reports[receiver].push({ ...common, direction: 'ingress', bytes: receiverBytes });
  });
  return reports;
}

async function report(deal: Deal, party: Party, records: readonly Sent[]): Promise<void> {
  for (let from = 0; from < records.length; from += BATCH_MAX) {
    await market.take(deal, party, records.slice(from, from + BATCH_MAX));
  }
}

async function reported({ input }: Vector, terms: object): Promise<Deal> {
  const { period: from, timezone, currency = 'USD', buckets } = input;
  const deal = await market.deal({ terms, from, timezone, currency });
  const reports = reportsOf(buckets);
  await report(deal, deal.a, reports.A);
  await report(deal, deal.b, reports.B);
  return deal;
}

/** The vectors name sides, the API names providers. */
function withCodes(value: unknown, { a, b }: Deal): any {
  const codes: Record<string, string> = { A: a.code, B: b.code };
  return JSON.parse(JSON.stringify(value), (name, member) =>
    (name === 'payer' || name === 'payee') && typeof member === 'string' ? codes[member] : member,
  );
}

describe('from records to statement', () => {
  const months = readVectors('statement').filter(({ input }) => input.issuedBuckets === undefined);

  test.each(months)('$name', async (vector) => {
    const { input, expected } = vector;
    const deal = await reported(vector, input.terms);
    const { lines, bucketCounts, ...figures } = withCodes(expected, deal);
    const statement = await market.closePeriod(deal, input.period);
    expect(statement).toMatchObject({
      ...figures,
      currency: input.currency,
      timezone: input.timezone,
      counts: { buckets: bucketCounts },
    });
    expect(statement.lines).toHaveLength(lines.length);
    expect(statement.lines).toMatchObject(lines);
    const ofB = await market.request('GET', `/v1/statements/${statement.id}`, { key: deal.b.key });
    expect(ofB.body).toEqual(statement);
  });
});

describe('from records to reconciliation', () => {
  test.each(readVectors('reconciliation'))('$name', async (vector) => {
    const { input, expected } = vector;
    const { reconciliation } = input;
    const deal = await reported(vector, { directions: {}, reconciliation });
    const path = `/v1/agreements/${deal.code}/periods/${input.period}/reconciliation`;
    const { body } = await market.request('GET', path, { key: deal.a.key });
    expect(body).toMatchObject({
      directions: expected.directions,
      counts: expected.counts,
      flagDetails: expected.flags,
    });
    expect(body.flags).toEqual([...new Set(expected.flags.map(({ flag }: any) => flag))]);
    const { data } = (await market.request('GET', `${path}/buckets`, { key: deal.b.key })).body;
    expect(data).toMatchObject(expected.buckets);
    expect(data).toHaveLength(expected.buckets.length);
  });
});

describe('from one record to the periods and buckets that it crosses', () => {
  const records = readVectors('splitting').filter(({ input }) => input.operation === 'buckets');

  test.each(records)('$name', async ({ input, expected }) => {
    const { bytes, start, end, timezone, bucket } = input;
    const [first] = expected.periods;
    const deal = await market.deal({
      terms: { directions: {}, reconciliation: { bucket } },
      from: first.period,
      timezone,
    });
    await market.take(deal, deal.a, [{ id: 'one', direction: 'egress', start, end, bytes }]);
    const found: unknown[] = [];
    for (const { period } of expected.periods) {
      const path = `/v1/agreements/${deal.code}/periods/${period}/reconciliation/buckets`;
      const { data } = (await market.request('GET', path, { key: deal.b.key })).body;
      for (const each of data) found.push({ period, start: each.start, bytes: each.senderBytes });
    }
    expect(found).toEqual(expected.buckets);
  });
});

describe('from records to credits', () => {
  const issued = readVectors('credits').filter(
    ({ input }) => input.operation === 'issue' && input.billingCurrency === 'USD',
  );

  test.each(issued)('$name', async ({ input, expected }) => {
    const { side, period: from, timezone, zeroRatedBytes, listPrices, records } = input;
    const flow = side === 'egress' ? 'aToB' : 'bToA';
    const direction = side === 'egress' ? 'ingress' : 'egress';
    // Over a month as one bucket the other side measured just what is to be zero-rated, and the lower holds.
    const terms = {
      directions: { [flow]: { zeroRating: { kind: 'all' } } },
      reconciliation: { bucket: 'month' },
    };
    const prices = listPrices.length > 0 ? { a: listPrices } : {};
    const deal = await market.deal({ terms, from, timezone, prices });
    const own = records.map((record: object) => ({ direction: side, ...record }));
    await market.take(deal, deal.a, own);
    const [start, end] = ['2025-03-01T00:00:00Z', '2025-03-02T00:00:00Z'];
    await report(deal, deal.b, partsOf(BigInt(zeroRatedBytes), { direction, start, end }));
    const { id } = await market.closePeriod(deal, from);
    const path = `/v1/statements/${id}/credits`;
    const { data } = (await market.request('GET', path, { key: deal.a.key })).body;
    // Lists are in the order of ids, which is that of the vectors.
    expect(data).toHaveLength(expected.credits.length);
    expect(data).toMatchObject(expected.credits.map((credit: object) => ({ ...credit, side })));
    expect((await market.request('GET', path, { key: deal.b.key })).body.data).toEqual([]);
  });
});

/** Records that add up to the bytes, each within what a record may hold. */
function partsOf(bytes: bigint, common: Omit<Sent, 'id' | 'bytes'>): Sent[] {
  const largest = 2n ** 63n - 1n;
  const parts: Sent[] = [];
  for (let left = bytes; left > 0n || parts.length === 0; left -= largest) {
    const part = left < largest ? left : largest;
    parts.push({ ...common, id: `part-${parts.length}`, bytes: String(part) });
  }
  return parts;
}
