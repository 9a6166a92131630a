import {
  expectStatus,
  hourly,
  PERIOD,
  startMarket,
  type Deal,
  type DealOptions,
  type Market,
  type PriceInput,
  type Sent,
} from '../support/market.js';

/** The worked examples of the domain contract, section 12, from records over HTTP to the statement. */

let market: Market;

beforeAll(async () => {
  market = await startMarket({ worker: true });
});

afterAll(() => market.close());

const GB = 10n ** 9n;

/** Both parties report the same bytes, in records no larger than a record may be. */
async function report(
  deal: Deal,
  flow: 'aToB' | 'bToA',
  bytes: bigint,
  more: Partial<Sent> = {},
): Promise<void> {
  const [sender, receiver] = flow === 'aToB' ? [deal.a, deal.b] : [deal.b, deal.a];
  const half = bytes / 2n;
  const records = (direction: 'egress' | 'ingress'): Sent[] => [
    hourly(`${flow}-1`, '05T10', String(half), { direction, ...more }),
    hourly(`${flow}-2`, '20T11', String(bytes - half), { direction, ...more }),
  ];
  await market.take(deal, sender, records('egress'));
  await market.take(deal, receiver, records('ingress'));
}

async function settle(
  options: DealOptions,
  bytes: { aToB?: bigint; bToA?: bigint },
): Promise<{ statement: any; deal: Deal }> {
  const deal = await market.deal(options);
  for (const flow of ['aToB', 'bToA'] as const) {
    const sum = bytes[flow];
    if (sum !== undefined) await report(deal, flow, sum);
  }
  return { statement: await market.closePeriod(deal), deal };
}

const amounts = (statement: any): [string, string][] =>
  statement.lines.map(({ kind, amount }: { kind: string; amount: string }) => [kind, amount]);

const aToB = (direction: object, more: object = {}): DealOptions => ({
  terms: { directions: { aToB: direction }, ...more },
});
const TIERS = [
  { upTo: '100000', unitPrice: '0.02' },
  { upTo: null, unitPrice: '0.015' },
];

describe('zero-rated traffic', () => {
  async function founding(unit: string): Promise<{ a: string; b: string; statement: any }> {
    const price = (side: 'egress' | 'ingress', unitPrice: string): PriceInput[] => [
      { side, unit, unitPrice },
    ];
    const deal = await market.deal({
      ...aToB({ zeroRating: { kind: 'all' } }),
      prices: { a: price('egress', '0.22'), b: price('ingress', '0.15') },
    });
    await report(deal, 'aToB', 10n ** 13n, { customer: 'customer-1' });
    const statement = await market.closePeriod(deal);
    const credited = async (key: string): Promise<string> => {
      const path = `/v1/statements/${statement.id}/credits`;
      const { body } = expectStatus(await market.request('GET', path, { key }), 200);
      expect(body.data).toHaveLength(1);
      return body.data[0].amount;
    };
    return { a: await credited(deal.a.key), b: await credited(deal.b.key), statement };
  }

  it('is credited by both clouds to their own customers, and owed by neither: the founding example', async () => {
    const { a, b, statement } = await founding('GB');
    expect([a, b]).toEqual(['2200.00', '1500.00']);
    expect(Number(a) + Number(b)).toBe(3700);
    expect(statement).toMatchObject({
      zeroRatedBytes: { aToB: '10000000000000', bToA: '0' },
      lines: [],
      net: { amount: '0.00', payer: null, payee: null },
      closingBalance: '0.00',
    });
  });

  it('is worth less in GiB', async () => {
    const { a, b } = await founding('GiB');
    expect([a, b]).toEqual(['2048.91', '1396.98']);
  });

  it('up to an allowance leaves the rest to be paid', async () => {
    const { statement } = await settle(
      aToB({
        zeroRating: { kind: 'allowance', quantity: '500000', unit: 'GB' },
        pricing: { model: 'linear', unit: 'GB', unitPrice: '0.04' },
      }),
      { aToB: 620_000n * GB },
    );
    expect(amounts(statement)).toEqual([['usage', '4800.00']]);
    expect(statement.zeroRatedBytes.aToB).toBe(String(500_000n * GB));
    expect(statement.lines[0]).toMatchObject({ bytes: String(120_000n * GB), quantity: '120000' });
  });
});

describe('a ratio', () => {
  const excess = (ratio: string, unitPrice: string): DealOptions => ({
    terms: { directions: {}, ratioExcess: { ratio, unitPrice, unit: 'GB' } },
  });
  const bytes = { aToB: 300_000n * GB, bToA: 100_000n * GB };

  it('of 2:1 makes the heavier sender pay the excess', async () => {
    const { statement, deal } = await settle(excess('2', '0.01'), bytes);
    expect(amounts(statement)).toEqual([['ratio_excess', '1000.00']]);
    expect(statement).toMatchObject({
      payableByA: '1000.00',
      payableByB: '0.00',
      net: { amount: '1000.00', payer: deal.a.code, payee: deal.b.code },
      closingBalance: '1000.00',
    });
  });

  it('of 1 is the balanced/unbalanced model', async () => {
    const { statement } = await settle(excess('1', '0.005'), bytes);
    expect(amounts(statement)).toEqual([['ratio_excess', '1000.00']]);
  });

  it('with nothing coming back charges all', async () => {
    const { statement, deal } = await settle(excess('2', '0.01'), { bToA: 5_000n * GB });
    expect(statement.net).toEqual({ amount: '50.00', payer: deal.b.code, payee: deal.a.code });
  });
});

describe('tiers', () => {
  it.each([
    [
      'graduated',
      120_000n,
      [
        ['usage', '2000.00'],
        ['usage', '300.00'],
      ],
      '2300.00',
    ],
    ['graduated', 100_000n, [['usage', '2000.00']], '2000.00'],
    ['volume', 120_000n, [['usage', '1800.00']], '1800.00'],
    ['volume', 100_000n, [['usage', '2000.00']], '2000.00'],
  ])('%s, %i GB', async (model, quantity, lines, total) => {
    const pricing = { model, unit: 'GB', tiers: TIERS };
    const { statement } = await settle(aToB({ pricing }), { aToB: quantity * GB });
    expect(amounts(statement)).toEqual(lines);
    expect(statement.payableByA).toBe(total);
  });

  it('one byte above a bound is in the next', async () => {
    const pricing = { model: 'volume', unit: 'GB', tiers: TIERS };
    const { statement } = await settle(aToB({ pricing }), { aToB: 100_000n * GB + 1n });
    expect(statement).toMatchObject({
      payableByA: '1500.00',
      lines: [{ tier: 2, quantity: '100000.000000001' }],
    });
  });
});

describe('send or pay', () => {
  it('tops the charges up to the commitment', async () => {
    const pricing = { model: 'linear', unit: 'GB', unitPrice: '0.01' };
    const commitments = [{ party: 'A', amount: '24000.00' }];
    const { statement, deal } = await settle(aToB({ pricing }, { commitments }), { aToB: 2_175_000n * GB });
    expect(amounts(statement)).toEqual([
      ['usage', '21750.00'],
      ['true_up', '2250.00'],
    ]);
    expect(statement.net).toEqual({ amount: '24000.00', payer: deal.a.code, payee: deal.b.code });
  });
});

describe('rounding', () => {
  it('happens once a line, half away from zero, and never again for the total', async () => {
    const pricing = {
      model: 'graduated',
      unit: 'GB',
      tiers: [
        { upTo: '1', unitPrice: '0.335' },
        { upTo: '2', unitPrice: '0.335' },
        { upTo: null, unitPrice: '0.335' },
      ],
    };
    const { statement } = await settle(aToB({ pricing }), { aToB: 3n * GB });
    expect(amounts(statement)).toEqual([
      ['usage', '0.34'],
      ['usage', '0.34'],
      ['usage', '0.34'],
    ]);
    expect(statement.payableByA).toBe('1.02');
  });

  it.each([
    ['JPY', '1000'],
    ['BHD', '1000.350'],
  ])('knows how many decimals %s has', async (currency, total) => {
    const pricing = { model: 'linear', unit: 'GB', unitPrice: '0.33345' };
    const { statement } = await settle({ ...aToB({ pricing }), currency }, { aToB: 3_000n * GB });
    expect(statement).toMatchObject({ currency, payableByA: total });
  });
});

describe('the 95th percentile', () => {
  it('charges the commit and what the 5-minute rate has above it', async () => {
    // 31 days of 288 samples: rank ceil(0.95 * 8928) = 8482, so 446 samples lie above. 447 samples have
    // 12,400 Mbps, and 446 more are dropped at whatever height.
    const bytesAt = (mbps: bigint): string => String((mbps * 10n ** 6n * 300n) / 8n);
    const start = Date.parse(`${PERIOD}-10T00:00:00Z`);
    const instant = (n: number): string => new Date(start + n * 300_000).toISOString().replace('.000Z', 'Z');
    const samples = Array.from({ length: 447 }, (_, n) => ({
      id: `s${n}`,
      start: instant(n),
      end: instant(n + 1),
      bytes: bytesAt(n < 446 ? 90_000n : 12_400n),
    }));
    const percentile = {
      basis: 'max_of_directions',
      commitMbps: '10000',
      commitPrice: '0.30',
      overagePrice: '0.35',
      payer: 'A',
    };
    const deal = await market.deal({
      terms: { directions: {}, reconciliation: { bucket: '5min' }, percentile },
    });
    await market.take(
      deal,
      deal.a,
      samples.map((sample) => ({ ...sample, direction: 'egress' })),
    );
    await market.take(
      deal,
      deal.b,
      samples.map((sample) => ({ ...sample, direction: 'ingress' })),
    );
    const statement = await market.closePeriod(deal);
    expect(amounts(statement)).toEqual([
      ['percentile_commit', '3000.00'],
      ['percentile_overage', '840.00'],
    ]);
    expect(statement.lines[1]).toMatchObject({ quantity: '2400', unit: 'Mbps', unitPrice: '0.35' });
    expect(statement.payableByA).toBe('3840.00');
  });
});

describe('a record that straddles the month', () => {
  it('is split where the month ends in the agreement’s zone, and no byte is lost', async () => {
    const deal = await market.deal({ timezone: 'Europe/Zurich' });
    // March ends in Zurich, with summer time, at 22:00 UTC.
    const straddling: Sent = {
      id: 'r1',
      direction: 'egress',
      start: '2025-03-31T23:50:00+02:00',
      end: '2025-04-01T00:10:00+02:00',
      bytes: '1000000000007',
    };
    await market.take(deal, deal.a, [straddling]);
    await market.take(deal, deal.b, [{ ...straddling, direction: 'ingress' }]);
    const march = await market.closePeriod(deal, '2025-03');
    const april = await market.closePeriod(deal, '2025-04');
    expect(march.settledBytes.aToB).toBe('500000000004');
    expect(april.settledBytes.aToB).toBe('500000000003');
    expect(march).toMatchObject({
      periodStart: '2025-02-28T23:00:00Z',
      periodEnd: '2025-03-31T22:00:00Z',
      periodStartLocal: '2025-03-01T00:00:00+01:00',
      periodEndLocal: '2025-04-01T00:00:00+02:00',
    });
    // The month with the change to summer time has 743 hours.
    expect(Date.parse(march.periodEnd) - Date.parse(march.periodStart)).toBe(743 * 3_600_000);
  });

  it('knows a zone that shifts by half an hour', async () => {
    const deal = await market.deal({ timezone: 'Australia/Lord_Howe' });
    const april = await market.closePeriod(deal, '2025-04');
    expect([april.periodStartLocal, april.periodEndLocal]).toEqual([
      '2025-04-01T00:00:00+11:00',
      '2025-05-01T00:00:00+10:30',
    ]);
    expect(Date.parse(april.periodEnd) - Date.parse(april.periodStart)).toBe(720.5 * 3_600_000);
  });
});
