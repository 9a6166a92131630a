import fc from 'fast-check';
import type { ProposedTerms } from '../../../src/agreements/rules/complete-terms.js';
import type { ScopeField } from '../../../src/agreements/rules/terms.js';
import { RunningUsage } from '../../../src/traffic/intake/running-usage.js';
import { scanJson } from '../../../src/traffic/intake/scan-json.js';
import { ScannedRecord } from '../../../src/traffic/intake/scanned-record.js';
import { refusalOf, type UsageRules } from '../../../src/traffic/intake/usage-classes.js';
import { PeriodTable } from '../../../src/traffic/rules/period-table.js';
import type { TrafficRecord } from '../../../src/traffic/rules/traffic-record.js';
import { usageRows } from '../../../src/traffic/rules/usage-rows.js';
import { UsageSums, type UsageTotals } from '../../../src/traffic/rules/usage.js';
import { addedUp } from '../../support/intake.js';
import { at, listPrice, record, version } from './support.js';

const scanned = new ScannedRecord();

/** Adds records as a batch's reader does: by class where one fits, else by the rule. Gives how many had one. */
function addAll(usage: RunningUsage, records: readonly TrafficRecord[], rules: UsageRules): number {
  let placed = 0;
  for (const each of records) {
    const line = lineOf(each);
    if (scanJson(line, 0, line.length, scanned) && usage.place(scanned)) {
      expect(refusalOf(each, rules)).toBeNull();
      usage.add(usage.bucketSum, usage.customerSum, scanned.bytes);
      placed += 1;
    } else if (!refusalOf(each, rules)) {
      usage.special.add(each, rules.periods.overlapping(each.start, each.end), 1);
    }
  }
  return placed;
}

/** The same by the rule alone. */
function ruled(records: readonly TrafficRecord[], rules: UsageRules): UsageTotals {
  const sums = new UsageSums(rules.side, rules.prices);
  for (const each of records) {
    if (!refusalOf(each, rules)) sums.add(each, rules.periods.overlapping(each.start, each.end), 1);
  }
  return sums.totals();
}

function lineOf({ start, end, bytes, ...rest }: TrafficRecord): Uint8Array {
  const text = (instant: number): string => new Date(instant).toISOString().replace('.000', '');
  const { void: isVoid, ...more } = rest;
  return Buffer.from(
    JSON.stringify({ ...more, start: text(start), end: text(end), bytes: String(bytes), void: isVoid }),
  );
}

const shown = (totals: UsageTotals) => addedUp([usageRows(totals)]);

const ZONES = ['Etc/UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/St_Johns'];
const LENGTH_S = { '5min': 300, '15min': 900, hour: 3_600, day: 86_400, month: 2_678_400 };
const BUCKETS = Object.keys(LENGTH_S) as (keyof typeof LENGTH_S)[];
const REGIONS = ['eu', 'us', 'asia'];
const SCOPE: ScopeField[] = ['sourceRegion', 'destinationRegion', 'service'];
const SERVICES = ['cdn', 'vpn'];
/** Changes of clocks and prices, ends of months, of a suspension, of a closed period, of the agreement, and now. */
const NOW = at('2026-11-30T12:00:00Z');
const EDGES = [
  ...['2026-03-29T01:00:00Z', '2026-04-04T15:00:00Z', '2026-09-30T18:30:00Z', '2026-10-01T00:00:00Z'].map(at),
  ...['2026-10-03T15:30:00Z', '2026-10-05T00:00:00Z', '2026-10-10T06:10:00Z', '2026-10-25T01:00:00Z'].map(at),
  ...['2026-10-31T18:30:00Z', '2026-11-01T00:00:00Z', '2019-12-31T23:30:00Z'].map(at),
  NOW,
];
const PRICES = [
  listPrice('2026-01-01T00:00:00Z', '0.20'),
  listPrice('2026-10-05T00:00:00Z', '0.30'),
  listPrice('2026-10-05T00:00:00Z', '0.30', { region: 'us' }),
  listPrice('2026-10-25T00:10:00Z', '0.10', { region: 'eu', unit: 'GiB' }),
  listPrice('2026-04-04T14:50:00Z', '0.05', { side: 'ingress' }),
];

const anyTerms = fc
  .record({
    bucket: fc.constantFrom(...BUCKETS, 'day' as const, 'month' as const),
    scope: fc.oneof(fc.constant<ScopeField[]>([]), fc.subarray<ScopeField>([...SCOPE])),
    zeroRated: fc.constantFrom('none' as const, 'all' as const),
    limit: fc.constantFrom<string[]>([], ['eu'], ['us', 'asia']),
  })
  .map(({ bucket, scope, zeroRated, limit }): Partial<ProposedTerms> => {
    const scopeValues = Object.fromEntries(
      scope.map((field) => [field, field === 'service' ? SERVICES : REGIONS]),
    );
    const sourceRegions = scope.includes('sourceRegion') ? limit : [];
    return {
      reconciliation: { bucket, scope: [...scope], scopeValues },
      directions: { aToB: { zeroRating: { kind: zeroRated, sourceRegions } } },
    };
  });

/** Half of the records are of one class, but for their time. */
const ALIKE = {
  ...{ direction: 'egress' as const, sourceRegion: 'eu', destinationRegion: 'eu', service: 'cdn' },
  ...{ chargedUnitPrice: null, revision: 0, void: false, bytes: 7n },
};

const anyRecord = fc
  .record({
    edge: fc.constantFrom(...EDGES, ...EDGES.slice(3, 8)),
    /** Mostly where no boundary is. */
    away_s: fc.oneof(fc.integer({ min: -4_000, max: 4_000 }), fc.integer({ min: -200_000, max: 200_000 })),
    length_s: fc.oneof(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 90_000 })),
    bytes: fc.oneof(fc.bigInt(0n, 20n), fc.constantFrom(999_999_999_999_999n, 10n ** 15n, 2n ** 63n - 1n)),
    direction: fc.constantFrom('egress' as const, 'ingress' as const),
    sourceRegion: fc.constantFrom(null, ...REGIONS),
    destinationRegion: fc.constantFrom(null, 'eu', 'us', 'mars'),
    service: fc.constantFrom(null, ...SERVICES),
    customer: fc.constantFrom(null, 'acme', 'zeta', 'ü'),
    chargedUnitPrice: fc.constantFrom(null, null, '0.1', '0.10', '0.9'),
    revision: fc.constantFrom(0, 0, 0, 0, 1),
    void: fc.constantFrom(false, false, false, false, true),
    isAlike: fc.boolean(),
  })
  .map(({ edge, away_s, length_s, isAlike, ...more }): TrafficRecord => {
    const start = edge + away_s * 1_000;
    const base = record('2026-10-05T00:00:00Z', '2026-10-05T01:00:00Z');
    return { ...base, start, end: start + length_s * 1_000, ...more, ...(isAlike && ALIKE) };
  });

const anyRules = fc
  .record({
    timezone: fc.constantFrom(...ZONES),
    side: fc.constantFrom('A' as const, 'B' as const),
    before: anyTerms,
    after: anyTerms,
    prices: fc.subarray(PRICES),
    closed: fc.subarray(['2026-03', '2026-10'], { maxLength: 1 }),
    isSuspended: fc.boolean(),
    lastPeriod: fc.constantFrom(null, '2026-10'),
  })
  .map(({ timezone, before, after, closed, lastPeriod, isSuspended, ...more }): UsageRules => {
    const versions = [version('2020-01', before), { ...version('2026-10', after), version: 2 }];
    const suspension = { from: at('2026-10-10T06:10:00Z'), until: at('2026-10-11T00:00:00Z') };
    return {
      ...more,
      periods: new PeriodTable(timezone, versions, new Set(closed), lastPeriod),
      suspensions: isSuspended ? [suspension] : [],
      now: NOW,
    };
  });

test('adding by class comes to what the rule alone comes to, in any order', () => {
  let placed = 0;
  let taken = 0;
  fc.assert(
    fc.property(anyRules, fc.array(anyRecord, { minLength: 15, maxLength: 40 }), (rules, records) => {
      const usage = new RunningUsage(rules);
      placed += addAll(usage, records, rules);
      taken += records.filter((each) => !refusalOf(each, rules)).length;
      const expected = shown(ruled(records, rules));
      expect(shown(usage.totals())).toEqual(expected);
      const turned = new RunningUsage(rules);
      addAll(turned, [...records].reverse(), rules);
      expect(shown(turned.totals())).toEqual(expected);
    }),
    { numRuns: 150 },
  );
  // Not vacuous: records are taken, and many of those have a class.
  expect(taken).toBeGreaterThan(1_000);
  expect(placed).toBeGreaterThan(200);
});

const RULES: UsageRules = {
  side: 'A',
  prices: [listPrice('2026-01-01T00:00:00Z', '0.20')],
  periods: new PeriodTable('Etc/UTC', [version('2020-01')], new Set()),
  suspensions: [],
  now: NOW,
};
const plain = (more: Partial<TrafficRecord> = {}): TrafficRecord =>
  record('2026-10-05T06:00:00Z', '2026-10-05T06:05:00Z', more);

test('sums are exact beyond 2^53', () => {
  const usage = new RunningUsage(RULES);
  const most = 999_999_999_999_999n;
  const records = Array.from({ length: 40 }, (_, n) => plain({ bytes: n === 20 ? 1n : most }));
  expect(addAll(usage, records, RULES)).toBe(40);
  const totals = usage.totals();
  expect(totals.buckets).toMatchObject([{ bytes: 39n * most + 1n, records: 40 }]);
  expect(totals.customers).toMatchObject([{ bytes: 39n * most + 1n, records: 40 }]);
});

test('what was placed and then not counted leaves no sum', () => {
  const usage = new RunningUsage(RULES);
  const line = lineOf(plain({ customer: 'acme' }));
  expect(scanJson(line, 0, line.length, scanned) && usage.place(scanned)).toBe(true);
  addAll(usage, [plain({ customer: 'zeta', bytes: 3n })], RULES);
  expect(usage.totals().customers).toMatchObject([{ customer: 'zeta', bytes: 3n, records: 1 }]);
  expect(usage.totals().buckets).toMatchObject([{ bytes: 3n, records: 1 }]);
});

test('a known class is of no use where the agreement was suspended, nor for what has not ended', () => {
  const suspension = { from: at('2026-10-10T06:10:00Z'), until: at('2026-10-11T00:00:00Z') };
  const rules = { ...RULES, suspensions: [suspension] };
  const usage = new RunningUsage(rules);
  const isPlaced = (start: string, end: string): boolean => {
    const line = lineOf(record(start, end));
    return scanJson(line, 0, line.length, scanned) && usage.place(scanned);
  };
  expect(isPlaced('2026-10-05T06:00:00Z', '2026-10-05T06:05:00Z')).toBe(true);
  expect(isPlaced('2026-10-10T06:00:00Z', '2026-10-10T06:20:00Z')).toBe(false);
  expect(isPlaced('2026-10-10T12:00:00Z', '2026-10-10T12:20:00Z')).toBe(false);
  expect(isPlaced('2026-10-11T00:00:00Z', '2026-10-11T00:20:00Z')).toBe(true);
  expect(isPlaced('2026-11-30T11:50:00Z', '2026-11-30T12:00:00Z')).toBe(true);
  expect(isPlaced('2026-11-30T11:50:00Z', '2026-11-30T12:00:01Z')).toBe(false);
});

describe('however different the records are', () => {
  test('no two texts are taken for one, with more of them than there are numbers', () => {
    const usage = new RunningUsage(RULES);
    const expected = new Map<string, bigint>();
    for (let n = 0; n < 68_000; n += 1) {
      const chargedUnitPrice = n % 3 === 0 ? null : '0.1';
      const each = plain({ bytes: BigInt(n), customer: `c${n}`, service: `s${n}`, chargedUnitPrice });
      const line = lineOf(each);
      if (scanJson(line, 0, line.length, scanned) && usage.place(scanned)) {
        usage.add(usage.bucketSum, usage.customerSum, scanned.bytes);
      } else {
        usage.special.add(each, RULES.periods.overlapping(each.start, each.end), 1);
      }
      expected.set(`c${n} ${chargedUnitPrice === null ? '0.2' : '0.1'}`, BigInt(n));
    }
    const { customers } = usage.totals();
    const found = new Map(
      customers.map(({ customer, unitPrice, bytes }) => [`${customer} ${unitPrice}`, bytes]),
    );
    expect(customers).toHaveLength(68_000);
    // Compared by hand: a difference of two such maps would be printed whole.
    expect([...expected].filter(([key, bytes]) => found.get(key) !== bytes)).toEqual([]);
    expect(usage.isFull).toBe(true);
  });

  test.each([
    ['buckets', (n: number) => ({ start: at('2020-02-01T00:00:00Z') + n * 3_600_000 })],
    ['customers', (n: number) => ({ customer: `c${n}` })],
    [
      'regions and services of few names',
      (n: number) => ({
        sourceRegion: `r${n % 40}`,
        destinationRegion: `r${Math.floor(n / 40) % 40}`,
        service: `s${Math.floor(n / 1_600)}`,
      }),
    ],
    ['charged prices', (n: number) => ({ chargedUnitPrice: `1${n}` })],
    [
      'buckets of refused records',
      (n: number) => ({ start: at('2020-02-01T00:00:00Z') + n * 3_600_000, service: 'x' }),
    ],
  ])('%s are kept until there are too many', (what, more) => {
    const refusing = version('2020-01', {
      reconciliation: { scope: ['service'], scopeValues: { service: ['y'] } },
    });
    const rules = what.includes('refused')
      ? { ...RULES, periods: new PeriodTable('Etc/UTC', [refusing], new Set()) }
      : RULES;
    const usage = new RunningUsage({ ...rules, now: at('2036-01-01T00:00:00Z') });
    let n = 0;
    for (; !usage.isFull && n < 70_000; n += 1) {
      const each = plain(more(n));
      const line = lineOf({ ...each, end: each.start + 300_000 });
      if (scanJson(line, 0, line.length, scanned) && usage.place(scanned))
        usage.add(usage.bucketSum, usage.customerSum, scanned.bytes);
    }
    expect(n).toBeGreaterThan(20_000);
    expect(n).toBeLessThan(70_000);
  });
});
