import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { keyOfRow, recordOfRow, RecordRows, setArrival } from '../../../src/traffic/intake/record-rows.js';
import { scanJson } from '../../../src/traffic/intake/scan-json.js';
import { ScannedRecord } from '../../../src/traffic/intake/scanned-record.js';
import type { TrafficRecord } from '../../../src/traffic/rules/traffic-record.js';
import { AGREEMENT_ID, BATCH_ID, intakePlan, REPORTER_ID, rowsIn } from '../../support/intake.js';
import { at, record } from './support.js';

const SECONDS_MAX = Date.UTC(9999, 11, 31, 23, 59, 59) / 1_000;
const base = record('2026-10-05T00:00:00Z', '2026-10-05T01:00:00Z');

const anyText = fc.oneof(
  { weight: 9, arbitrary: fc.stringMatching(/^[!#-~]{1,20}$/) },
  fc.string({ minLength: 1, maxLength: 128 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  fc.constantFrom('é', '日本語', '😀'.repeat(128), 'ÿ'.repeat(128)),
);
const anyRecord = fc
  .record({
    id: anyText,
    revision: fc.oneof(fc.nat(9), fc.nat(2 ** 31 - 1)),
    direction: fc.constantFrom('egress' as const, 'ingress' as const),
    start_s: fc.oneof(fc.nat(SECONDS_MAX - 1), fc.integer({ min: 946_684_700, max: 946_684_900 })),
    length_s: fc.integer({ min: 1, max: 2_678_400 }),
    bytes: fc.oneof(
      fc.bigInt(0n, 2n ** 63n - 1n),
      fc.bigInt(0n, 10n ** 15n),
      fc.constantFrom(0n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n - 1n),
    ),
    sourceRegion: fc.option(anyText),
    destinationRegion: fc.option(anyText),
    service: fc.option(anyText),
    customer: fc.option(anyText),
    chargedUnitPrice: fc.constantFrom(null, '0.220', '0', `${'9'.repeat(30)}.${'1'.repeat(12)}`),
    void: fc.constantFrom(false, false, false, true),
  })
  .map(({ start_s, length_s, ...more }): TrafficRecord => {
    return { ...more, start: start_s * 1_000, end: Math.min(start_s + length_s, SECONDS_MAX) * 1_000 };
  });

function written(records: readonly TrafficRecord[], capacity_bytes = 64): Buffer[] {
  const rows = new RecordRows(intakePlan(), capacity_bytes);
  for (const each of records) rows.write(each);
  return rowsIn(rows.bytes.subarray(0, rows.length));
}

/** The key by another way: as the migration and the listing make it in SQL. */
function keyOf(id: string): string {
  const reporter = Buffer.from(REPORTER_ID.replaceAll('-', ''), 'hex');
  const hex = createHash('sha256').update(reporter).update(id, 'utf8').digest('hex').slice(0, 32);
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}

test('a record comes back from its row', () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 5 }), (records) => {
      const rows = written(records);
      expect(rows.map(recordOfRow)).toStrictEqual(records);
      expect(rows.map(keyOfRow)).toEqual(records.map(({ id }) => keyOf(id)));
    }),
    { numRuns: 300 },
  );
});

test.each(['1970-01-01', '1999-12-31', '2000-01-01', '2285-06-05', '2286-01-01', '9999-12-31'])(
  'the day %s is kept to the second',
  (day) => {
    const each = { ...base, start: at(`${day}T00:00:00Z`), end: at(`${day}T23:59:59Z`) };
    expect(written([each]).map(recordOfRow)).toStrictEqual([each]);
  },
);

test('a scanned record has the same row as one that was read', () => {
  const scanned = new ScannedRecord();
  let count = 0;
  fc.assert(
    fc.property(anyRecord, (each) => {
      const text = (instant: number): string => new Date(instant).toISOString().replace('.000', '');
      const members = { ...each, start: text(each.start), end: text(each.end), bytes: String(each.bytes) };
      const line = Buffer.from(JSON.stringify(members));
      if (!scanJson(line, 0, line.length, scanned)) return;
      count += 1;
      const rows = new RecordRows(intakePlan(), 64);
      rows.writeScanned(scanned);
      expect(rowsIn(rows.bytes.subarray(0, rows.length))).toEqual(written([each]));
    }),
    {
      numRuns: 2_000,
      examples: [
        [base],
        [{ ...base, id: 'x'.repeat(128), revision: 999_999_999, bytes: 999_999_999_999_999n }],
      ],
    },
  );
  expect(count).toBeGreaterThan(20);
});

test('a row says nothing of whose it is, and begins with an arrival of 0, which can be changed in place', () => {
  const rows = written([base, { ...base, id: 'other' }]);
  const [first, second] = rows as [Buffer, Buffer];
  for (const id of [AGREEMENT_ID, REPORTER_ID, BATCH_ID])
    expect(first.includes(Buffer.from(id.replaceAll('-', ''), 'hex'))).toBe(false);
  expect(first.readInt32BE(6)).toBe(0);
  const before = Buffer.from(second);
  setArrival(first, 2 ** 31 - 1);
  expect(first.readInt32BE(6)).toBe(2 ** 31 - 1);
  expect(recordOfRow(first)).toEqual(base);
  expect(keyOfRow(first)).toBe(keyOf(base.id));
  expect(second.equals(before)).toBe(true);
});

test('an id has another key for another reporter, and the same in another agreement and revision', () => {
  const keyWith = (plan: Parameters<typeof intakePlan>[0], revision = 0): string => {
    const rows = new RecordRows(intakePlan(plan), 64);
    rows.write({ ...base, revision });
    return keyOfRow(rows.bytes.subarray(0, rows.length));
  };
  expect(keyWith({}, 3)).toBe(keyWith({ agreementId: BATCH_ID }));
  expect(keyWith({ reporterId: BATCH_ID })).not.toBe(keyWith({}));
});

test('rows are sorted by the first four bytes of the key, which are a number', () => {
  fc.assert(
    fc.property(anyText, (id) => {
      const rows = new RecordRows(intakePlan(), 64);
      rows.write({ ...base, id });
      expect(rows.keyPrefix.toString(16).padStart(8, '0')).toBe(keyOf(id).slice(0, 8));
    }),
  );
});
