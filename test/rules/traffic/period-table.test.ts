import fc from 'fast-check';
import { periodBounds, periodOf, periodsBetween } from '../../../src/period/index.js';
import { PeriodTable } from '../../../src/traffic/rules/period-table.js';
import { at, periodTable, version } from './support.js';

function periods(table: PeriodTable, start: string, end: string): string[] {
  return table.overlapping(at(start), at(end)).map(({ period }) => period);
}

test.each([
  ['2026-10-05T00:00:00Z', '2026-10-05T01:00:00Z', ['2026-10']],
  ['2026-10-31T22:00:00Z', '2026-10-31T23:00:00Z', ['2026-10']],
  ['2026-10-31T22:59:59Z', '2026-10-31T23:00:01Z', ['2026-10', '2026-11']],
  ['2026-10-31T23:00:00Z', '2026-11-01T00:00:00Z', ['2026-11']],
  ['2026-01-31T22:00:00Z', '2026-02-28T23:00:01Z', ['2026-01', '2026-02', '2026-03']],
])('%s to %s in Berlin', (start, end, expected) => {
  expect(periods(periodTable({ timezone: 'Europe/Berlin' }), start, end)).toEqual(expected);
});

test('a period has the bounds, the grid, the terms and the state that the agreement gives it', () => {
  const hourly = { ...version('2026-01'), version: 1 };
  const daily = { ...version('2026-10', { reconciliation: { bucket: 'day' } }), version: 2 };
  const table = new PeriodTable('Europe/Berlin', [daily, hourly], new Set(['2026-09']));
  const [september, october] = table.overlapping(at('2026-09-30T21:30:00Z'), at('2026-09-30T22:30:00Z'));
  expect(september).toMatchObject({ period: '2026-09', terms: hourly.terms, closed: true });
  expect(october).toMatchObject({ period: '2026-10', terms: daily.terms, closed: false });
  expect(october!.start).toBe(at('2026-09-30T22:00:00Z'));
  expect(october!.end).toBe(at('2026-10-31T23:00:00Z'));
  expect(september!.grid.starts).toHaveLength(30 * 24);
  expect(october!.grid.starts).toHaveLength(31);
});

test('what follows a record of one period may still overlap the next, or the one before', () => {
  const table = periodTable();
  periods(table, '2026-10-05T00:00:00Z', '2026-10-05T01:00:00Z');
  expect(periods(table, '2026-10-31T23:30:00Z', '2026-11-01T00:30:00Z')).toEqual(['2026-10', '2026-11']);
  expect(periods(table, '2026-09-30T23:30:00Z', '2026-10-01T00:30:00Z')).toEqual(['2026-09', '2026-10']);
  expect(periods(table, '2026-10-31T23:00:00Z', '2026-11-01T00:00:00Z')).toEqual(['2026-10']);
});

test('where a zone shows dates outside the calendar there are no periods', () => {
  const tokyo = periodTable({ timezone: 'Asia/Tokyo', from: '1970-01' });
  expect(periods(tokyo, '9999-12-31T14:00:00Z', '9999-12-31T15:00:00Z')).toEqual(['9999-12']);
  expect(periods(tokyo, '9999-12-31T14:30:00Z', '9999-12-31T15:30:00Z')).toEqual([]);
  const newYork = periodTable({ timezone: 'America/New_York', from: '1970-01' });
  expect(periods(newYork, '1970-01-01T05:00:00Z', '1970-01-01T06:00:00Z')).toEqual(['1970-01']);
  expect(periods(newYork, '1970-01-01T04:30:00Z', '1970-01-01T05:30:00Z')).toEqual([]);
});

test('periods that no version governs are left out, and so are those after the last', () => {
  const table = periodTable({ from: '2026-09', lastPeriod: '2026-10' });
  expect(periods(table, '2026-08-31T23:30:00Z', '2026-09-01T00:30:00Z')).toEqual(['2026-09']);
  expect(periods(table, '2026-08-01T00:00:00Z', '2026-08-01T01:00:00Z')).toEqual([]);
  expect(periods(table, '2026-10-31T23:30:00Z', '2026-11-01T00:30:00Z')).toEqual(['2026-10']);
  expect(periods(table, '2026-11-01T00:00:00Z', '2026-11-01T01:00:00Z')).toEqual([]);
});

test('the same period is made once', () => {
  const table = periodTable();
  const [first] = table.overlapping(at('2026-10-05T00:00:00Z'), at('2026-10-05T01:00:00Z'));
  table.overlapping(at('2026-11-05T00:00:00Z'), at('2026-11-05T01:00:00Z'));
  const [, again] = table.overlapping(at('2026-09-30T23:30:00Z'), at('2026-10-01T00:30:00Z'));
  expect(again).toBe(first);
});

test('however records jump about, each is given the periods that it overlaps', () => {
  const zone = fc.constantFrom('Etc/UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe');
  const span = fc.record({ start: fc.nat(400 * 24 * 2), length: fc.integer({ min: 1, max: 62 }) });
  fc.assert(
    fc.property(zone, fc.array(span, { minLength: 1, maxLength: 20 }), (timezone, spans) => {
      const table = periodTable({ timezone, from: '2025-06', lastPeriod: '2026-01' });
      for (const { start: half_hours, length } of spans) {
        const start = at('2025-03-01T00:00:00Z') + half_hours * 1_800_000;
        const end = start + length * 1_800_000;
        const expected = periodsBetween(periodOf(start, timezone), periodOf(end - 1, timezone));
        const found = table.overlapping(start, end);
        expect(found.map(({ period }) => period)).toEqual(
          expected.filter((period) => period >= '2025-06' && period <= '2026-01'),
        );
        for (const { period, start: from, end: to } of found)
          expect({ start: from, end: to }).toEqual(periodBounds(period, timezone));
      }
    }),
    { numRuns: 50 },
  );
});
