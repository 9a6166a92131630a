import { OPERATOR, SERVICE_ROLE } from '../../src/platform/database/index.js';
import { expectStatus, hourly, startMarket, type Deal, type Market, type Sent } from '../support/market.js';
import { Processes, type Service } from '../support/processes.js';
import { Random } from '../support/random.js';
import { recomputedSums, storedSums } from './usage-oracle.js';

const SEED = 77_012;
const START = Date.parse('2025-03-28T00:00:00Z');

const processes = new Processes();
let market: Market;
let second: Service;

beforeAll(async () => {
  market = await startMarket();
  // Another API on the same database: what only one process keeps apart would meet here.
  second = await processes.main({ DATABASE_URL: market.database.url }, []).ready();
});

afterAll(async () => {
  await processes.cleanUp();
  await market.close();
});

function terms(bucket: string, services: string[] = ['video']): object {
  return {
    reconciliation: { bucket, scope: ['service'], scopeValues: { service: ['video', 'backup'] } },
    directions: { aToB: { zeroRating: { kind: 'all', services } }, bToA: {} },
  };
}

const newDeal = (): Promise<Deal> =>
  market.deal({
    terms: terms('hour'),
    prices: {
      a: [
        { side: 'egress', unit: 'GB', unitPrice: '0.22' },
        { side: 'egress', unit: 'GB', unitPrice: '0.2', from: '2025-03-30T00:00:00Z' },
        { side: 'egress', unit: 'TB', unitPrice: '150', from: '2025-03-29T00:00:00Z', region: 'eu-1' },
      ],
      b: [{ side: 'ingress', unit: 'GiB', unitPrice: '0.15', from: '2025-03-31T00:00:00Z' }],
    },
  });

/** Records of a few ids only, so that revisions, voids, duplicates and conflicts meet; some are wrong. */
function randomRecords(random: Random, count: number, length_max_s = 3_600): object[] {
  const instant = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
  return Array.from({ length: count }, () => {
    if (random.once(40)) return { id: 'wrong' };
    const id = random.below(150);
    const revision = random.below(4);
    // What an id and revision say is fixed, but for one in thirty, which then is a conflict.
    const of = new Random(id * 10 + revision + (random.once(30) ? 5_000 : 0));
    const start = START + of.below(8 * 24 * 60) * 60_000;
    const record: Sent = {
      id: `r${id}`,
      revision,
      direction: of.pick(['egress', 'ingress']),
      start: instant(start),
      end: instant(start + (1 + of.below(length_max_s)) * 1_000),
      bytes: String(BigInt(of.below(2 ** 31)) * BigInt(1 + of.below(2 ** 31))),
      service: of.pick(['video', 'backup']),
      ...(!of.once(4) && { customer: `c${of.below(9)}` }),
      ...(of.once(3) && { sourceRegion: of.pick(['eu-1', 'us-1']) }),
      ...(of.once(5) && { chargedUnitPrice: of.pick(['0.1', '0.21', '99']) }),
      ...(of.once(5) && { void: true }),
    };
    return record;
  });
}

/** Sends to one of the two processes; both say the same. */
async function send(
  random: Random,
  deal: Deal,
  party: { key: string },
  records: readonly object[],
  mode: 'atomic' | 'partial',
): Promise<number> {
  if (random.once(2)) return (await market.send(deal, party, records, { mode })).status;
  const response = await fetch(`${second.url()}/v1/agreements/${deal.code}/batches?mode=${mode}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${party.key}`, 'Content-Type': 'application/x-ndjson' },
    body: records.map((record) => JSON.stringify(record)).join('\n'),
  });
  await response.arrayBuffer();
  return response.status;
}

async function expectSumsHold(deal: Deal): Promise<void> {
  const recomputed = await recomputedSums(market.database, deal.code);
  expect(Object.keys(recomputed.customers).length).toBeGreaterThan(0);
  expect(await storedSums(market.database, deal.code)).toEqual(recomputed);
}

describe('the sums', () => {
  it('are what the records come to after random batches of both parties at once, in two processes', async () => {
    const deal = await newDeal();
    const random = new Random(SEED);
    const statuses = new Set<number>();
    const next = async (): Promise<void> => {
      for (let n = 0; n < 25; n++) {
        const records = randomRecords(random, 1 + random.below(60));
        const party = random.pick([deal.a, deal.b]);
        statuses.add(await send(random, deal, party, records, random.once(3) ? 'atomic' : 'partial'));
      }
    };
    await Promise.all([next(), next(), next(), next()]);
    expect([...statuses].sort()).toEqual([201, 207, 422]);
    await expectSumsHold(deal);
  });

  it('count a batch once that comes over eight connections at once', async () => {
    const deal = await newDeal();
    const random = new Random(SEED + 1);
    const records = randomRecords(random, 400).filter((record) => 'bytes' in record);
    const sent = await Promise.all(
      Array.from({ length: 8 }, () => send(random, deal, deal.a, records, 'partial')),
    );
    expect(sent.every((status) => [201, 207].includes(status))).toBe(true);
    const [created] = await market.database.query(
      `SELECT sum(created + superseded) AS stored FROM batches
        WHERE agreement_id = (SELECT id FROM agreements WHERE code = $1)`,
      [deal.code],
    );
    const [stored] = await market.database.query(
      `SELECT count(*) AS stored FROM traffic_records
        WHERE agreement_id = (SELECT id FROM agreements WHERE code = $1)`,
      [deal.code],
    );
    expect(created).toEqual(stored);
    await expectSumsHold(deal);
  });

  it('follow terms and prices that change while batches come in', async () => {
    const deal = await newDeal();
    const random = new Random(SEED + 2);
    const report = async (): Promise<void> => {
      for (let n = 0; n < 12; n++) {
        const records = randomRecords(random, 1 + random.below(60), 300);
        const party = random.pick([deal.a, deal.b]);
        while ((await send(random, deal, party, records, 'partial')) === 409);
      }
    };
    const change = async (): Promise<void> => {
      for (const [n, bucket] of ['5min', '15min', 'hour', '5min', '15min'].entries()) {
        expectStatus(await market.agree(deal, terms(bucket, n % 2 ? [] : ['video'])), 200);
        const price = { side: 'egress', unit: 'GB', unitPrice: `0.1${n}` } as const;
        expectStatus(
          await market.addPrices(deal.a, [
            { ...price, from: `2025-03-${29 + (n % 3)}T00:00:00Z`, region: `eu-${n}` },
          ]),
          201,
        );
      }
    };
    await Promise.all([report(), report(), report(), change()]);
    await expectSumsHold(deal);
  });

  it('of bytes beyond 2^63 are exact', async () => {
    const deal = await newDeal();
    const greatest = '9223372036854775807';
    const records = [1, 2, 3].map((n) =>
      hourly(`r${n}`, '29T10', greatest, { service: 'video', customer: 'c' }),
    );
    await market.take(deal, deal.a, records);
    await market.take(deal, deal.a, [{ ...records[0]!, revision: 1, bytes: '1' }]);
    await expectSumsHold(deal);
    const { customers } = await storedSums(market.database, deal.code);
    expect(Object.values(customers)).toEqual([`${2n * BigInt(greatest) + 1n} in 3`]);
  });
});

describe('the service’s role', () => {
  it.each([
    ['traffic_records', 'bytes = 0'],
    ['batches', 'received = 0'],
    ['statements', `document = ''`],
    ['statements', `sha256 = ''`],
    ['statements', 'closing_balance = 0'],
    ['statement_lines', 'position = 0'],
    ['statement_renderings', `sha256 = ''`],
    ['rendering_parts', `content = ''`],
    ['dispute_steps', `to_state = ''`],
    ['credits', 'amount = 0'],
    ['agreement_versions', `document = ''`],
    ['agreement_acceptances', `sha256 = ''`],
    ['list_prices', 'unit_price = 0'],
  ])('cannot change %s (%s), nor delete from it', async (table, change) => {
    for (const statement of [
      `UPDATE ${table} SET ${change}`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
      `ALTER TABLE ${table} DISABLE TRIGGER ALL`,
    ]) {
      await expect(market.pool.actFor(OPERATOR, () => market.pool.query(statement))).rejects.toMatchObject({
        code: '42501',
      });
    }
    const [row] = await market.pool.actFor(OPERATOR, () =>
      market.pool.query<{ role: string }>('SELECT current_user AS role'),
    );
    expect(row!.role).toBe(SERVICE_ROLE);
  });
});
