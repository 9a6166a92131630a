import fc from 'fast-check';
import type { Side } from '../../../src/agreements/rules/terms.js';
import type { ListPrice } from '../../../src/providers/rules/list-price.js';
import type { PeriodTable } from '../../../src/traffic/rules/period-table.js';
import type { TrafficRecord } from '../../../src/traffic/rules/traffic-record.js';
import { UsageSums } from '../../../src/traffic/rules/usage.js';
import { at, listPrice, periodTable, record, type TableOptions } from './support.js';

interface Counting extends TableOptions {
  prices?: ListPrice[];
  reporter?: Side;
}

function count(records: readonly TrafficRecord[], { prices = [], reporter = 'A', ...table }: Counting = {}) {
  const sums = new UsageSums(reporter, prices);
  const periods = periodTable(table);
  for (const each of records) addTo(sums, periods, each, 1);
  return sums;
}

function addTo(sums: UsageSums, periods: PeriodTable, each: TrafficRecord, sign: 1 | -1): void {
  sums.add(each, periods.overlapping(each.start, each.end), sign);
}

/** `start bytes` of every bucket, ascending. */
function buckets(sums: UsageSums): string[] {
  const list = [...sums.buckets.values()].sort((a, b) => a.bucketStart - b.bucketStart);
  return list.map(({ bucketStart, bytes }) => `${new Date(bucketStart).toISOString().slice(0, 16)} ${bytes}`);
}

function total(list: Iterable<{ bytes: bigint }>): bigint {
  let bytes = 0n;
  for (const each of list) bytes += each.bytes;
  return bytes;
}

test('the straddle of section 12: over midnight, and over the end of a month', () => {
  const bytes = 1_000_000_000_007n;
  const midnight = record('2026-10-14T23:50:00Z', '2026-10-15T00:10:00Z', { bytes });
  expect(buckets(count([midnight]))).toEqual([
    '2026-10-14T23:00 500000000004',
    '2026-10-15T00:00 500000000003',
  ]);
  const month = count([record('2026-10-31T23:50:00Z', '2026-11-01T00:10:00Z', { bytes })]);
  expect([...month.buckets.values()].map((each) => [each.period, each.bytes])).toEqual([
    ['2026-10', 500_000_000_004n],
    ['2026-11', 500_000_000_003n],
  ]);
  expect([...month.customers.values()].map((each) => [each.period, each.bytes])).toEqual([
    ['2026-10', 500_000_000_004n],
    ['2026-11', 500_000_000_003n],
  ]);
  expect([...month.records]).toEqual([
    ['2026-10', 1],
    ['2026-11', 1],
  ]);
});

test.each<[Side, 'egress' | 'ingress', string, string]>([
  ['A', 'egress', 'aToB', 'sender'],
  ['A', 'ingress', 'bToA', 'receiver'],
  ['B', 'egress', 'bToA', 'sender'],
  ['B', 'ingress', 'aToB', 'receiver'],
])('%s reports its %s as the flow %s, measured by the %s', (reporter, direction, flow, side) => {
  const each = record('2026-10-05T00:00:00Z', '2026-10-05T01:00:00Z', { direction });
  const sums = count([each], { reporter });
  expect([...sums.buckets.values()]).toEqual([
    {
      period: '2026-10',
      direction: flow,
      bucketStart: each.start,
      sourceRegion: '',
      destinationRegion: '',
      service: '',
      side,
      bytes: 1_000n,
      records: 1,
    },
  ]);
  expect([...sums.customers.values()]).toMatchObject([{ direction: flow, customer: '' }]);
});

test('a record of no bytes is there, which is not missing; a void one is not', () => {
  const hour = ['2026-10-05T00:00:00Z', '2026-10-05T01:00:00Z'] as const;
  expect([...count([record(...hour, { bytes: 0n })]).buckets.values()]).toMatchObject([
    { bytes: 0n, records: 1 },
  ]);
  const none = count([record(...hour, { void: true })]);
  expect([none.buckets.size, none.customers.size, none.records.size]).toEqual([0, 0, 0]);
});

test('of a record taken before the agreement’s end was set, only what lies in its periods counts', () => {
  // Reported within the five minutes that clocks may differ, just before the last period ended.
  const each = record('2026-10-31T23:03:00Z', '2026-11-01T00:03:00Z', { bytes: 61n });
  const sums = count([each], { lastPeriod: '2026-10' });
  expect(buckets(sums)).toEqual(['2026-10-31T23:00 58']);
  expect(total(sums.customers.values())).toBe(58n);
  expect([...sums.records]).toEqual([['2026-10', 1]]);
  const later = count([each], { from: '2026-11' });
  expect(buckets(later)).toEqual(['2026-11-01T00:00 3']);
  expect(total(later.customers.values())).toBe(3n);
});

describe('buckets are split by the scope, and by nothing else', () => {
  const places = { sourceRegion: 'eu', destinationRegion: 'us', service: 'cdn', customer: 'acme' };
  const hour = ['2026-10-05T00:00:00Z', '2026-10-05T01:00:00Z'] as const;
  const all = [
    record(...hour, places),
    record(...hour, { ...places, sourceRegion: 'asia' }),
    record(...hour, { ...places, service: 'vpn', customer: 'other' }),
  ];
  test('without one', () => {
    expect(buckets(count(all))).toEqual(['2026-10-05T00:00 3000']);
  });
  test('with one field', () => {
    const scope = { scope: ['sourceRegion' as const], scopeValues: { sourceRegion: ['eu', 'asia'] } };
    const sums = count(all, { reconciliation: scope });
    expect([...sums.buckets.values()]).toMatchObject([
      { sourceRegion: 'eu', destinationRegion: '', service: '', bytes: 2_000n, records: 2 },
      { sourceRegion: 'asia', destinationRegion: '', service: '', bytes: 1_000n, records: 1 },
    ]);
  });
  test.each([
    ['a', '","b', 'a","', 'b'],
    ['a', ',b', 'a,', 'b'],
    ['a', ' b', 'a ', 'b'],
  ])('values that run together stay apart: %s and %s, %s and %s', (region, service, region2, service2) => {
    const scope = {
      scope: ['sourceRegion' as const, 'service' as const],
      scopeValues: { sourceRegion: [region, region2], service: [service, service2] },
    };
    const sums = count(
      [
        record(...hour, { sourceRegion: region, service }),
        record(...hour, { sourceRegion: region2, service: service2 }),
      ],
      { reconciliation: scope },
    );
    expect(sums.buckets.size).toBe(2);
  });
});

describe('customers', () => {
  const day = { reconciliation: { bucket: 'day' as const } };
  const over = (more: Partial<TrafficRecord>) =>
    record('2026-10-04T18:00:00Z', '2026-10-05T06:00:00Z', { bytes: 1_001n, customer: 'acme', ...more });
  const prices = [listPrice('2026-10-01T00:00:00Z', '0.20'), listPrice('2026-10-05T00:00:00Z', '0.30')];
  const shown = (sums: UsageSums) =>
    [...sums.customers.values()].map(({ customer, unitPrice, bytes, records }) => {
      return { customer, unitPrice, bytes, records };
    });

  test('a record over a change of price is split there, rounded up before it', () => {
    expect(shown(count([over({})], { ...day, prices }))).toEqual([
      { customer: 'acme', unitPrice: '0.2', bytes: 501n, records: 1 },
      { customer: 'acme', unitPrice: '0.3', bytes: 500n, records: 1 },
    ]);
  });

  test('what was charged is credited where it is lower', () => {
    expect(shown(count([over({ chargedUnitPrice: '0.25' })], { ...day, prices }))).toMatchObject([
      { unitPrice: '0.2', bytes: 501n },
      { unitPrice: '0.25', bytes: 500n },
    ]);
  });

  test('a price of another region or side cuts nothing off', () => {
    const others = [
      prices[0]!,
      listPrice('2026-10-05T00:00:00Z', '0.9', { region: 'mars' }),
      listPrice('2026-10-05T00:00:00Z', '0.9', { side: 'ingress' }),
    ];
    const sums = count([over({})], { ...day, prices: others });
    expect(sums.customers.size).toBe(1);
    expect(total(sums.customers.values())).toBe(1_001n);
  });

  test('without a price yet the bytes are kept unpriced', () => {
    const [later] = prices.slice(1);
    expect(shown(count([over({})], { ...day, prices: [later!] }))).toMatchObject([
      { unitPrice: '', bytes: 501n },
      { unitPrice: '0.3', bytes: 500n },
    ]);
  });

  test('inside and outside the limits of the zero-rating are kept apart, by direction', () => {
    const options: Counting = {
      reconciliation: { scope: ['service'], scopeValues: { service: ['cdn', 'vpn'] } },
      directions: { aToB: { zeroRating: { kind: 'all', services: ['cdn'] } } },
    };
    const hour = ['2026-10-05T00:00:00Z', '2026-10-05T01:00:00Z'] as const;
    const sums = count(
      [
        record(...hour, { service: 'cdn', bytes: 1n }),
        record(...hour, { service: 'vpn', bytes: 2n }),
        record(...hour, { service: 'cdn', bytes: 4n, direction: 'ingress' }),
      ],
      options,
    );
    expect(
      [...sums.customers.values()].map((each) => [each.direction, each.zeroRatable, each.bytes]),
    ).toEqual([
      ['aToB', true, 1n],
      ['aToB', false, 2n],
      ['bToA', false, 4n],
    ]);
  });

  test('names that run together stay apart', () => {
    const hour = ['2026-10-05T00:00:00Z', '2026-10-05T01:00:00Z'] as const;
    const names = ['a', 'b', 'a,b', '"a"', ''];
    const sums = count(names.map((customer) => record(...hour, { customer: customer || null })));
    expect([...sums.customers.values()].map(({ customer }) => customer)).toEqual(names);
  });
});

/** Bytes of a record up to an instant: section 4, written anew. */
function upTo(each: TrafficRecord, instant: number): bigint {
  const part = each.bytes * BigInt(Math.min(Math.max(instant, each.start), each.end) - each.start);
  const whole = BigInt(each.end - each.start);
  return part / whole + (part % whole === 0n ? 0n : 1n);
}

const ZONES = ['Etc/UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/St_Johns'];
const BUCKETS = ['5min', '15min', 'hour', 'day', 'month'] as const;
const LENGTH_S = { '5min': 300, '15min': 900, hour: 3_600, day: 82_800, month: 2_400_000 };
/** Ends of months, changes of clocks and changes of price, around which records are put. */
const EDGES = [
  '2026-03-29T01:00:00Z',
  '2026-04-01T00:00:00Z',
  '2026-10-03T15:30:00Z',
  '2026-10-05T00:00:00Z',
  '2026-10-25T01:00:00Z',
  '2026-10-31T18:30:00Z',
  '2026-10-31T23:00:00Z',
  '2026-11-01T00:00:00Z',
].map(at);
const PRICES = [
  listPrice('2026-01-01T00:00:00Z', '0.20'),
  listPrice('2026-10-05T00:00:00Z', '0.30'),
  listPrice('2026-11-01T00:00:00Z', '0.10', { region: 'eu' }),
  listPrice('2026-04-01T00:00:00Z', '0.05', { side: 'ingress' }),
];

const anyRecord = (bucket: (typeof BUCKETS)[number]) =>
  fc
    .record({
      edge: fc.constantFrom(...EDGES),
      before_s: fc.nat(LENGTH_S[bucket]),
      length_s: fc.integer({ min: 1, max: LENGTH_S[bucket] }),
      bytes: fc.oneof(fc.bigInt(0n, 20n), fc.bigInt(0n, 2n ** 63n - 1n)),
      direction: fc.constantFrom('egress' as const, 'ingress' as const),
      customer: fc.constantFrom(null, 'acme', 'zeta'),
      sourceRegion: fc.constantFrom(null, 'eu'),
    })
    .map(({ edge, before_s, length_s, ...more }): TrafficRecord => {
      const start = edge - before_s * 1000;
      const base = record('2026-10-05T00:00:00Z', '2026-10-05T01:00:00Z');
      return { ...base, start, end: start + length_s * 1000, ...more };
    });

const anyCase = fc
  .record({ timezone: fc.constantFrom(...ZONES), bucket: fc.constantFrom(...BUCKETS) })
  .chain(({ timezone, bucket }) =>
    fc.record({
      timezone: fc.constant(timezone),
      bucket: fc.constant(bucket),
      records: fc.array(anyRecord(bucket), { minLength: 1, maxLength: 12 }),
    }),
  );

/** What is in the sums, without the order in which it came there, and without what is nothing. */
function contents(sums: UsageSums) {
  const present = <Sum extends { bytes: bigint; records: number }>(map: Map<string, Sum>) =>
    new Map([...map].filter(([, { bytes, records }]) => bytes !== 0n || records !== 0));
  const records = new Map([...sums.records].filter(([, number]) => number !== 0));
  return { buckets: present(sums.buckets), customers: present(sums.customers), records };
}

test('sums are the same whatever the order, and add up to the bytes of the records', () => {
  fc.assert(
    fc.property(anyCase, fc.nat(11), ({ timezone, bucket, records }, turn) => {
      const options = { timezone, prices: PRICES, reconciliation: { bucket } };
      const sums = count(records, options);
      expect(total(sums.buckets.values())).toBe(total(records));
      expect(total(sums.customers.values())).toBe(total(records));
      const other = [...records.slice(turn), ...records.slice(0, turn)].reverse();
      expect(contents(count(other, options))).toEqual(contents(sums));
    }),
    { numRuns: 60 },
  );
});

test('what is added and removed again leaves nothing', () => {
  fc.assert(
    fc.property(anyCase, fc.nat(11), ({ timezone, bucket, records }, kept) => {
      const options = { timezone, prices: PRICES, reconciliation: { bucket } };
      const sums = count(records, options);
      const periods = periodTable(options);
      const stays = records[kept % records.length]!;
      for (const each of records) if (each !== stays) addTo(sums, periods, each, -1);
      expect(contents(sums)).toEqual(contents(count([stays], options)));
      addTo(sums, periods, stays, -1);
      expect(contents(sums)).toEqual(contents(count([])));
    }),
    { numRuns: 60 },
  );
});

test('a record splits at months, clocks and prices the same however many cuts there are', () => {
  fc.assert(
    fc.property(anyCase, ({ timezone, bucket, records: [each] }) => {
      const options = { timezone, prices: PRICES, reconciliation: { bucket } };
      const sums = count([each!], options);
      const periods = periodTable(options).overlapping(each!.start, each!.end);
      for (const { period, bucketStart, bytes } of sums.buckets.values()) {
        const { grid } = periods.find((rules) => rules.period === period)!;
        const end = grid.starts[grid.starts.indexOf(bucketStart) + 1] ?? grid.end;
        expect(bytes).toBe(upTo(each!, end) - upTo(each!, bucketStart));
      }
      for (const { period, start, end } of periods) {
        const whole = upTo(each!, end) - upTo(each!, start);
        const ofPeriod = <Sum extends { period: string; bytes: bigint }>(map: Map<string, Sum>) =>
          total([...map.values()].filter((sum) => sum.period === period));
        expect(ofPeriod(sums.buckets)).toBe(whole);
        expect(ofPeriod(sums.customers)).toBe(whole);
        expect(sums.records.get(period)).toBe(1);
      }
      // Egress of no region changes its price once.
      if (each!.direction === 'egress' && each!.sourceRegion === null) {
        const dear = [...sums.customers.values()].filter(({ unitPrice }) => unitPrice === '0.3');
        expect(total(dear)).toBe(upTo(each!, each!.end) - upTo(each!, at('2026-10-05T00:00:00Z')));
      }
    }),
    { numRuns: 200 },
  );
});
