import { expectProblem } from '../support/api.js';
import { expectStatus, hourly, PERIOD, startMarket, type Deal, type Market } from '../support/market.js';
import { Random } from '../support/random.js';

let market: Market;
beforeAll(async () => {
  market = await startMarket({ worker: true });
});
afterAll(() => market?.close());

const TB = 10n ** 12n;
const TERMS = {
  backBillingMonths: 120,
  reconciliation: { bucket: 'hour', ppm: 1000, oneSided: 'hold', mismatchRule: 'average' },
  directions: {
    aToB: {
      zeroRating: { kind: 'allowance', quantity: '1', unit: 'TB' },
      pricing: {
        model: 'graduated',
        unit: 'TB',
        tiers: [
          { upTo: '3', unitPrice: '20' },
          { upTo: null, unitPrice: '11.5', flatFee: '3.00' },
        ],
      },
    },
    bToA: { pricing: { model: 'linear', unit: 'GB', unitPrice: '0.003', payer: 'receiver' } },
  },
  commitments: [{ party: 'A', amount: '150.00' }],
};

async function verify(id: string, key: string): Promise<any> {
  const asked = expectStatus(await market.request('POST', `/v1/statements/${id}/verify`, { key }), 202);
  expect(asked.headers.get('location')).toBe(`/v1/jobs/${asked.body.id}`);
  const job = await market.job(asked.body.id);
  if (job.state !== 'completed') throw new Error(JSON.stringify(job));
  return job.result;
}

const restate = async (id: string, key: string): Promise<any> =>
  expectStatus(await market.request('GET', `/v1/statements/${id}/restatement`, { key }), 200).body;

/** What is late by months: new records, revisions in any order, voids, moves over the end of a month. */
async function disturb(deal: Deal, random: Random, round: number): Promise<void> {
  for (const party of [deal.a, deal.b]) {
    const records = Array.from({ length: 12 }, (_, n) => {
      const month = random.pick(['2025-03', '2025-04', '2025-05']);
      const start = Date.parse(`${month}-28T00:00:00Z`) + random.below(96) * 3_600_000;
      const shift = random.below(2) * 1_800_000;
      const text = (ms: number): string => new Date(ms).toISOString().replace('.000', '');
      return {
        id: random.once(2) ? `r${random.below(40)}` : `n${round}-${n}`,
        direction: random.pick(['egress', 'ingress']),
        start: text(start + shift),
        end: text(start + shift + 3_600_000),
        bytes: String(BigInt(random.below(1_000)) * 10n ** 9n),
        revision: round * 3 + random.below(3),
        ...(random.once(6) && { void: true }),
      };
    });
    await market.send(deal, party, records, { mode: 'partial' });
  }
}

describe('verifying', () => {
  it('holds for every statement, after any later data, prices, terms and voids', async () => {
    const random = new Random(31_415);
    const deal = await market.deal({ terms: TERMS });
    const statements: any[] = [];
    for (const [round, period] of ['2025-03', '2025-04', '2025-05', '2025-06'].entries()) {
      await disturb(deal, random, round);
      statements.push(await market.closePeriod(deal, period));
      await disturb(deal, random, round + 4);
    }
    expect(
      statements.slice(1).some(({ lines }) => lines.some(({ kind }: any) => kind === 'adjustment')),
    ).toBe(true);
    const price = { side: 'egress', unit: 'GB', unitPrice: '0.2', from: '2025-01-01T00:00:00Z' } as const;
    expectStatus(await market.addPrices(deal.a, [price]), 201);
    const daily = { ...TERMS, reconciliation: { bucket: 'day' } };
    expectStatus(await market.agree(deal, daily, '2025-07'), 200);
    const july = await market.closePeriod(deal, '2025-07');
    const voided = await market.request('POST', `/v1/statements/${july.id}/void`, {
      key: market.operatorKey,
      body: { reason: 'to be issued anew' },
      headers: { 'If-Match': '*' },
    });
    expectStatus(voided, 200);
    statements.push(july, await market.closePeriod(deal, '2025-07'));
    await disturb(deal, random, 9);
    for (const { id, number, sha256 } of statements) {
      expect(await verify(id, deal.b.key)).toMatchObject({
        statement: id,
        number,
        matches: true,
        sha256,
        recomputedSha256: sha256,
        differences: [],
      });
    }
    expect(await verify(statements[0].id, deal.a.key)).toMatchObject({ eventUpTo: '2025-04-01T00:00:00Z' });
  });

  it('says where a statement is not what its records say', async () => {
    const deal = await market.deal({ terms: TERMS });
    await market.take(deal, deal.a, [hourly('r1', '05T00', String(5n * TB))]);
    await market.take(deal, deal.b, [hourly('r1', '05T00', String(5n * TB), { direction: 'ingress' })]);
    const { id } = await market.closePeriod(deal);
    await market.database.query(
      `UPDATE traffic_records SET bytes = bytes + 1
        WHERE reporter_id = (SELECT id FROM providers WHERE code = $1)`,
      [deal.a.code],
    );
    const result = await verify(id, deal.a.key);
    expect(result.matches).toBe(false);
    expect(result.recomputedSha256).not.toBe(result.sha256);
    expect(result.differences).toContainEqual({
      pointer: '/declaredBytes/aToB/sender',
      stored: String(5n * TB),
      recomputed: String(5n * TB + 1n),
    });
  });

  it('reads the samples of a percentile too', async () => {
    const percentile = { basis: 'aToB', commitMbps: '1', commitPrice: '1', overagePrice: '2', payer: 'A' };
    const deal = await market.deal({
      terms: {
        backBillingMonths: 120,
        reconciliation: { bucket: '5min' },
        percentile,
        directions: { aToB: {}, bToA: {} },
      },
    });
    const records = Array.from({ length: 1_000 }, (_, n) => {
      const start = Date.parse(`${PERIOD}-05T00:00:00Z`) + n * 300_000;
      const text = (ms: number): string => new Date(ms).toISOString().replace('.000', '');
      return {
        ...hourly(`r${n}`, '05T00', (n + 1) * 10 ** 6),
        start: text(start),
        end: text(start + 300_000),
      };
    });
    await market.take(deal, deal.a, records);
    const { id, lines } = await market.closePeriod(deal);
    expect(lines).toMatchObject([{ kind: 'percentile_commit' }, { kind: 'percentile_overage' }]);
    await market.take(deal, deal.a, [{ ...records[999]!, revision: 1, bytes: '1' }]);
    expect(await verify(id, deal.a.key)).toMatchObject({ matches: true });
  });

  it('is for the parties and the operator alone', async () => {
    const deal = await market.deal();
    const { id } = await market.closePeriod(deal);
    const stranger = (await market.deal()).a;
    for (const [method, end] of [
      ['POST', 'verify'],
      ['GET', 'restatement'],
    ] as const) {
      const path = `/v1/statements/${id}/${end}`;
      expectProblem(await market.request(method, path, { key: stranger.key }), 404, 'statement_not_found');
    }
    expect((await verify(id, market.operatorKey)).matches).toBe(true);
  });
});

describe('a restatement', () => {
  it('shows line by line what was issued, adjusted, and is known now', async () => {
    const deal = await market.deal({
      terms: {
        backBillingMonths: 120,
        directions: { aToB: { pricing: { model: 'linear', unit: 'TB', unitPrice: '20' } }, bToA: {} },
        commitments: [{ party: 'A', amount: '1300.00' }],
      },
    });
    const both = async (id: string, bytes: bigint): Promise<void> => {
      await market.take(deal, deal.a, [hourly(id, '05T00', String(bytes))]);
      await market.take(deal, deal.b, [hourly(id, '05T00', String(bytes), { direction: 'ingress' })]);
    };
    await both('r1', 60n * TB);
    const march = await market.closePeriod(deal);
    expect(await restate(march.id, deal.b.key)).toMatchObject({
      statement: march.id,
      period: PERIOD,
      net: { issued: '1300.00', adjusted: '0.00', now: '1300.00', difference: '0.00' },
    });
    await both('r2', 4n * TB);
    await market.closePeriod(deal, '2025-04');
    await both('r3', 2n * TB);
    const restated = await restate(march.id, deal.a.key);
    expect(restated).toMatchObject({
      settledBytes: { issued: { aToB: String(60n * TB) }, now: { aToB: String(66n * TB) } },
      payableByA: { issued: '1300.00', adjusted: '0.00', now: '1320.00', difference: '20.00' },
      payableByB: { difference: '0.00' },
    });
    const figures = (line: any) => [
      line.kind,
      ...['issued', 'adjusted', 'now', 'difference'].map((of) => line[of].amount),
    ];
    expect(restated.lines.map(figures)).toEqual([
      ['usage', '1200.00', '80.00', '1320.00', '40.00'],
      ['true_up', '100.00', '-80.00', '0.00', '-20.00'],
    ]);
    expect(restated.lines[0].difference).toEqual({ bytes: String(2n * TB), quantity: '2', amount: '40.00' });
    const may = await market.closePeriod(deal, '2025-05');
    expect(
      may.lines.filter(({ kind }: any) => kind === 'adjustment').map(({ amount }: any) => amount),
    ).toEqual(['40.00', '-20.00']);
    expect((await restate(march.id, deal.a.key)).net.difference).toBe('0.00');
  });
});
