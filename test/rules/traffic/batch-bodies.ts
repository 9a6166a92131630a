import fc from 'fast-check';
import type { BodyFormat } from '../../../src/traffic/intake/plan.js';
import { intakePlan } from '../../support/intake.js';
import type { Item } from './batch-oracle.js';
import { at, listPrice } from './support.js';

/** A record as it is sent; undefined for what is none in its format. */
export type SentValue = Record<string, string | number | boolean> | undefined;

/** An agreement with everything that makes one record differ from another. */
export const PLAN = intakePlan(
  {
    timezone: 'Asia/Kolkata',
    lastPeriod: '2027-01',
    closed: ['2026-08'],
    suspensions: [{ from: at('2026-09-10T00:00:00Z'), until: at('2026-09-12T00:00:00Z') }],
    prices: [
      listPrice('2026-01-01T00:00:00Z', '0.20'),
      listPrice('2026-10-06T00:00:00Z', '0.30'),
      listPrice('2026-10-06T00:00:00Z', '0.25', { region: 'eu' }),
    ],
  },
  {
    reconciliation: { bucket: 'day', scope: ['service'], scopeValues: { service: ['cdn', 'vpn'] } },
    directions: { aToB: { zeroRating: { kind: 'all', services: ['cdn'] } } },
  },
);

/** Inside a bucket; over a price, a bucket, a month; closed, suspended, too new, too long, before all terms. */
const INTERVALS = [
  ['2026-10-05T06:00:00Z', '2026-10-05T07:00:00Z'],
  ['2026-10-05T06:00:00+05:30', '2026-10-05T07:00:00+05:30'],
  ['2026-10-05T23:30:00Z', '2026-10-06T00:30:00Z'],
  ['2026-10-05T18:00:00Z', '2026-10-05T19:00:00Z'],
  ['2026-10-31T18:00:00Z', '2026-10-31T19:00:00Z'],
  ['2026-08-05T06:00:00Z', '2026-08-05T07:00:00Z'],
  ['2026-08-31T18:00:00Z', '2026-08-31T19:00:00Z'],
  ['2026-09-11T06:00:00Z', '2026-09-11T07:00:00Z'],
  ['2026-12-31T23:30:00Z', '2027-01-01T00:04:00Z'],
  ['2026-12-31T23:30:00Z', '2027-01-01T00:30:00Z'],
  ['2026-10-05T06:00:00Z', '2026-10-06T12:00:00Z'],
  ['2019-10-05T06:00:00Z', '2019-10-05T07:00:00Z'],
] as const;

/**
 * Records that cannot be taken now are decided after those that can, so an id is of one group: what follows from
 * two of them in one batch is not specified.
 */
function groupOf(interval: number, service: string): string {
  if (interval >= 7 && interval !== 8) return '-never';
  if (service === 'mail') return '-never';
  return interval === 5 || interval === 6 ? '-closed' : '';
}

/** Few ids, revisions and contents: most records meet others with their id. */
const anyRecord = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'é'),
    revision: fc.constantFrom(0, 0, 0, 1, 2),
    interval: fc.oneof(
      { weight: 3, arbitrary: fc.constant(INTERVALS[0]) },
      { weight: 2, arbitrary: fc.constantFrom(...INTERVALS) },
    ),
    direction: fc.constantFrom('egress', 'egress', 'ingress'),
    bytes: fc.constantFrom('7', '7', '0', '999999999999999', '9007199254740993', '-1'),
    service: fc.constantFrom('cdn', 'cdn', 'vpn', 'mail'),
    sourceRegion: fc.constantFrom(undefined, 'eu'),
    customer: fc.constantFrom(undefined, 'acme', 'ünal'),
    chargedUnitPrice: fc.constantFrom(undefined, undefined, '0.10', '0.1'),
    void: fc.constantFrom(undefined, undefined, false, true),
  })
  .map(({ interval, ...record }): SentValue => {
    const [start, end] = interval;
    const id = record.id + groupOf(INTERVALS.indexOf(interval), record.service);
    const members = Object.entries({ ...record, id, start, end }).filter(([, value]) => value !== undefined);
    return Object.fromEntries(members) as SentValue;
  });

export const anyValue = fc.oneof(
  { weight: 12, arbitrary: anyRecord },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

export const anyFormat = fc.constantFrom<BodyFormat>('ndjson', 'csv', 'json', 'cloudevents');

const COLUMNS = [
  'customer',
  'id',
  'void',
  'start',
  'end',
  'bytes',
  'revision',
  'service',
  'sourceRegion',
  'direction',
  'chargedUnitPrice',
];

/** A body that holds these records, and where each of them is. Lines follow each other after `gap` empty ones. */
export function bodyOf(
  format: BodyFormat,
  values: readonly SentValue[],
  gap = 0,
): { body: Buffer; items: Item[] } {
  switch (format) {
    case 'ndjson':
      return ofLines(values.map(ndjsonLine), values, gap);
    case 'csv':
      return ofLines([COLUMNS.join(','), ...values.map(csvLine)], values, gap);
    case 'json':
      return whole({ records: values.map((value) => value ?? 'none') }, values, (n) => `/records/${n}`);
    case 'cloudevents':
      return whole(values.map(eventOf), values, (n, value) => `/${n}${value === undefined ? '' : '/data'}`);
  }
}

function ofLines(
  lines: readonly string[],
  values: readonly SentValue[],
  gap: number,
): { body: Buffer; items: Item[] } {
  const body = Buffer.from(lines.map((line) => line + '\n' + '\n'.repeat(gap)).join(''));
  const header = lines.length - values.length;
  const items = values.map((value, index) => ({
    value,
    index,
    line: 1 + (header + index) * (1 + gap),
    pointer: '',
  }));
  return { body, items };
}

function whole(
  body: unknown,
  values: readonly SentValue[],
  pointerOf: (n: number, value: SentValue) => string,
): { body: Buffer; items: Item[] } {
  const items = values.map((value, index) => ({
    value,
    index,
    line: undefined,
    pointer: pointerOf(index, value),
  }));
  return { body: Buffer.from(JSON.stringify(body)), items };
}

function ndjsonLine(value: SentValue): string {
  return value === undefined ? '{"id":' : JSON.stringify(value);
}

function csvLine(value: SentValue): string {
  if (value === undefined) return '"a"b';
  const cells = COLUMNS.map((name) => String(value[name] ?? ''));
  return cells.map((cell) => (cell === 'acme' ? `"${cell}"` : cell)).join(',');
}

function eventOf(value: SentValue): unknown {
  if (value === undefined) return 'none';
  return { specversion: '1.0', id: 'e', source: '/meter', type: 'record', data: value };
}
