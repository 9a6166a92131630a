import {
  expectStatus,
  PERIOD,
  startMarket,
  type Deal,
  type DealOptions,
  type Market,
  type Party,
  type Sent,
} from '../support/market.js';
import { Random } from '../support/random.js';

const SEED = 20_260_310;
const RECORDS = 10_000;
const HOURS = 300;
const START = Date.parse(`${PERIOD}-02T00:00:00Z`);

const OPTIONS: DealOptions = {
  // Half past the hour in UTC, so that records cross hours; the month begins at 18:30 UTC.
  timezone: 'Asia/Kolkata',
  terms: {
    reconciliation: {
      bucket: 'hour',
      scope: ['service'],
      scopeValues: { service: ['video', 'backup'] },
      ppm: 20_000,
      settledBytesRule: 'average',
      oneSided: 'use_reported',
    },
    directions: {
      aToB: {
        zeroRating: { kind: 'allowance', quantity: '3000', unit: 'GB', services: ['video'] },
        pricing: {
          model: 'graduated',
          unit: 'GB',
          tiers: [
            { upTo: '2000', unitPrice: '0.021' },
            { upTo: null, unitPrice: '0.0133', flatFee: '7.77' },
          ],
        },
      },
      bToA: { zeroRating: { kind: 'all' } },
    },
    ratioExcess: { ratio: '1.1', unitPrice: '0.003', unit: 'GiB' },
  },
  prices: {
    a: [
      { side: 'egress', unit: 'GB', unitPrice: '0.22' },
      { side: 'egress', unit: 'GB', unitPrice: '0.19', from: `${PERIOD}-08T00:00:00Z` },
    ],
    b: [{ side: 'ingress', unit: 'GiB', unitPrice: '0.0157' }],
  },
};

/** What both parties report of the same flows, each by its own ids, with corrections and withdrawals. */
function reports(random: Random): Record<'a' | 'b', Sent[]> {
  const sent: Record<'a' | 'b', Sent[]> = { a: [], b: [] };
  const instant = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
  for (let n = 0; sent.a.length + sent.b.length < RECORDS; n++) {
    const from = START + random.below(HOURS) * 3_600_000 + random.below(60) * 60_000;
    const until = from + (1 + random.below(3_600)) * 1_000;
    const bytes = BigInt(random.below(2 ** 31)) * 3n + BigInt(random.below(5));
    const outward = !random.once(3);
    const common = { start: instant(from), end: instant(until), service: random.pick(['video', 'backup']) };
    for (const party of ['a', 'b'] as const) {
      if (random.once(40)) continue;
      const measured = random.once(8) ? (bytes * 97n) / 100n : bytes + BigInt(random.below(3));
      const record: Sent = {
        ...common,
        id: `${party}${n}`,
        direction: (party === 'a') === outward ? 'egress' : 'ingress',
        bytes: String(measured),
        ...(!random.once(5) && { customer: `customer-${random.below(25)}` }),
        ...(random.once(10) && { chargedUnitPrice: random.pick(['0.05', '0.2', '0.30']) }),
      };
      sent[party].push(record);
      for (let revision = 1; random.once(12); revision++) {
        const end = random.once(3) ? instant(until + 1_000) : common.end;
        const isVoid = random.once(4);
        sent[party].push({ ...record, revision, bytes: String(measured / 2n), end, void: isVoid });
      }
    }
  }
  return sent;
}

/** A statement without what differs between two issues of the same figures. */
function figures(json: any, codes: Record<string, string>): string {
  const { id: _, sha256: __, issuedAt: ___, acceptanceDue, paymentDue, disputableUntil, ...rest } = json;
  for (const dated of [acceptanceDue, paymentDue, disputableUntil]) expect(dated).toMatch(/Z$/);
  for (const line of rest.lines) delete line.id;
  return renamed(JSON.stringify(rest), codes);
}

function renamed(text: string, codes: Record<string, string>): string {
  return Object.entries(codes).reduce((so, [code, name]) => so.replaceAll(`"${code}`, `"${name}`), text);
}

describe('a statement', () => {
  let market: Market;

  beforeAll(async () => {
    market = await startMarket({ worker: true });
  });

  afterAll(() => market.close());

  async function pages(path: string, key: string): Promise<any[]> {
    const rows: any[] = [];
    for (let cursor = ''; ;) {
      const { body } = expectStatus(await market.request('GET', `${path}?limit=1000${cursor}`, { key }), 200);
      rows.push(...body.data);
      if (body.nextCursor === null) return rows;
      cursor = `&cursor=${body.nextCursor}`;
    }
  }

  /** Sends all records, each batch twice, and gives all that comes of it, under names of the parties' roles. */
  async function outcome(sent: Record<'a' | 'b', Sent[]>, random: Random, batches: number): Promise<object> {
    const deal: Deal = await market.deal(OPTIONS);
    const size = Math.ceil(RECORDS / batches);
    const queue: { party: Party; records: Sent[] }[] = [];
    for (const side of ['a', 'b'] as const) {
      const shuffled = random.shuffled(sent[side]);
      for (let from = 0; from < shuffled.length; from += size) {
        queue.push({ party: deal[side], records: shuffled.slice(from, from + size) });
      }
    }
    const twice = random.shuffled([...queue, ...queue]);
    // Both parties at once, a few batches of each under way.
    const next = async (): Promise<void> => {
      for (let job = twice.pop(); job; job = twice.pop()) {
        await market.take(deal, job.party, job.records, { as: 'ndjson', gzip: random.once(4) });
      }
    };
    await Promise.all([next(), next(), next()]);
    const statement = await market.closePeriod(deal);
    const codes = { [deal.code]: 'deal', [deal.a.code]: 'alpha', [deal.b.code]: 'beta' };
    const json = await market.request('GET', `/v1/statements/${statement.id}.json`, { key: deal.b.key });
    const credits = await Promise.all(
      [deal.a, deal.b].map((party) => pages(`/v1/statements/${statement.id}/credits`, party.key)),
    );
    for (const each of credits.flat()) delete each.id;
    const where = `/v1/agreements/${deal.code}/periods/${PERIOD}/reconciliation`;
    const reconciliation = await market.request('GET', where, { key: deal.a.key });
    return {
      statement: figures(json.body, codes),
      credits: renamed(JSON.stringify(credits), codes),
      reconciliation: renamed(JSON.stringify(reconciliation.body), codes),
      buckets: await pages(`${where}/buckets`, deal.a.key),
    };
  }

  it('is the same whatever the order and the batching of its records', async () => {
    const sent = reports(new Random(SEED));
    const outcomes = [];
    for (const batches of [2, 10, 100])
      outcomes.push(await outcome(sent, new Random(SEED + batches), batches));
    const [first, ...others] = outcomes;
    for (const other of others) expect(other).toEqual(first);
    // The test means something: every kind of figure is there.
    const { lines, counts } = JSON.parse((first as { statement: string }).statement);
    expect(new Set(lines.map(({ kind }: { kind: string }) => kind))).toEqual(
      new Set(['usage', 'flat_fee', 'ratio_excess']),
    );
    for (const status of ['exact', 'within_tolerance', 'mismatch', 'missing_sender', 'missing_receiver']) {
      expect({ status, count: counts.buckets[status] > 0 }).toEqual({ status, count: true });
    }
  });
});
