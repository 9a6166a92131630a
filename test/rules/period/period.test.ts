import fc from 'fast-check';
import {
  addMonths,
  comparePeriods,
  cutOffOf,
  endOfLocalDayAfter,
  formatLocal,
  isPeriod,
  isTimezone,
  nextPeriod,
  periodBounds,
  periodOf,
  periodsBetween,
  previousPeriod,
} from '../../../src/period/index.js';

const HOUR_MS = 3_600_000;

test.each(['2026-10', '1970-01', '9999-12', '2000-02'])('%s is a period', (text) => {
  expect(isPeriod(text)).toBe(true);
});

test.each([
  '2026-13',
  '2026-00',
  '2026-1',
  '26-01',
  '1969-12',
  '2026-10-01',
  '',
  ' 2026-10',
  '2026-10\n',
  '10000-01',
])('%j is no period', (text) => {
  expect(isPeriod(text)).toBe(false);
  expect(() => nextPeriod(text)).toThrow(RangeError);
});

test('months are counted across years', () => {
  expect(nextPeriod('2026-12')).toBe('2027-01');
  expect(previousPeriod('2027-01')).toBe('2026-12');
  expect(addMonths('2026-10', 15)).toBe('2028-01');
  expect(addMonths('2026-10', -22)).toBe('2024-12');
  expect(addMonths('2026-10', 0)).toBe('2026-10');
  expect(() => nextPeriod('9999-12')).toThrow(RangeError);
  expect(() => previousPeriod('1970-01')).toThrow(RangeError);
  expect(comparePeriods('2026-10', '2026-10')).toBe(0);
  expect(comparePeriods('2026-12', '2027-01')).toBe(-1);
  expect(comparePeriods('2027-01', '2025-11')).toBe(14);
  expect(periodsBetween('2026-11', '2027-02')).toEqual(['2026-11', '2026-12', '2027-01', '2027-02']);
  expect(periodsBetween('2026-11', '2026-11')).toEqual(['2026-11']);
  expect(periodsBetween('2026-11', '2026-10')).toEqual([]);
});

test.each([
  ['2026-10', 'UTC', '2026-10-01T00:00:00Z', 744],
  ['2026-10', 'Europe/Berlin', '2026-09-30T22:00:00Z', 745],
  ['2026-03', 'Europe/Berlin', '2026-02-28T23:00:00Z', 743],
  ['2026-03', 'America/New_York', '2026-03-01T05:00:00Z', 743],
  ['2026-11', 'America/New_York', '2026-11-01T04:00:00Z', 721],
  ['2026-04', 'Australia/Lord_Howe', '2026-03-31T13:00:00Z', 720.5],
  ['2026-10', 'Australia/Lord_Howe', '2026-09-30T13:30:00Z', 743.5],
  ['2026-06', 'Asia/Kolkata', '2026-05-31T18:30:00Z', 720],
  ['2028-02', 'UTC', '2028-02-01T00:00:00Z', 696],
  ['2026-12', 'UTC', '2026-12-01T00:00:00Z', 744],
  // No midnight on 2017-10-01: the clocks went from 24:00 to 01:00.
  ['2017-10', 'America/Asuncion', '2017-10-01T04:00:00Z', 743],
])('%s in %s starts at %s and has %f hours', (period, zone, start, hours) => {
  const bounds = periodBounds(period, zone);
  expect(new Date(bounds.start)).toEqual(new Date(start));
  expect((bounds.end - bounds.start) / HOUR_MS).toBe(hours);
});

test('a boundary instant belongs to the later period, in the zone and not in UTC', () => {
  const { start } = periodBounds('2026-10', 'Europe/Berlin');
  expect(periodOf(start, 'Europe/Berlin')).toBe('2026-10');
  expect(periodOf(start - 1, 'Europe/Berlin')).toBe('2026-09');
  expect(periodOf(start, 'UTC')).toBe('2026-09');
  expect(periodOf(start, 'Pacific/Kiritimati')).toBe('2026-10');
  expect(periodOf(Date.parse('2026-12-31T23:30:00Z'), 'Asia/Kolkata')).toBe('2027-01');
});

test('where clocks pass midnight twice, an instant is still in one period only', () => {
  const { start, end } = periodBounds('2009-11', 'America/St_Johns');
  expect(formatLocal(start, 'America/St_Johns')).toBe('2009-11-01T00:00:00-02:30');
  const repeated = Date.parse('2009-10-31T23:30:00-03:30');
  expect(repeated > start && repeated < end).toBe(true);
  expect(periodOf(repeated, 'America/St_Johns')).toBe('2009-11');
});

test('periods follow each other without gap, and periodOf agrees with the bounds', () => {
  const zone = fc.constantFrom(
    ...['UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kolkata', 'America/St_Johns', 'Pacific/Apia'],
    ...['America/Asuncion', 'Africa/Monrovia', 'Asia/Kathmandu', 'America/Havana', 'Africa/Casablanca'],
  );
  const instant = fc.integer({ min: Date.UTC(1970, 1), max: Date.UTC(2099, 0) });
  fc.assert(
    fc.property(zone, instant, (name, at) => {
      const period = periodOf(at, name);
      const { start, end } = periodBounds(period, name);
      expect(start <= at && at < end).toBe(true);
      expect(periodBounds(nextPeriod(period), name).start).toBe(end);
    }),
  );
});

test.each([
  'UTC',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Asia/Calcutta',
  'America/Argentina/Buenos_Aires',
  'Etc/GMT+5',
])('%s is a timezone', (name) => expect(isTimezone(name)).toBe(true));

test.each([
  '+02:00',
  '-0530',
  'Z',
  'UTC+2',
  'Mars/Phobos',
  '',
  'europe/berlin',
  'utc',
  'Europe/Berlin ',
  'PST',
])('%j is no timezone', (name) => expect(isTimezone(name)).toBe(false));

describe('day counts end at local midnight', () => {
  test.each([
    ['2026-10', 5, 'UTC', '2026-11-06T00:00:00+00:00'],
    ['2026-10', 5, 'Europe/Berlin', '2026-11-06T00:00:00+01:00'],
    ['2026-03', 0, 'Europe/Berlin', '2026-04-01T00:00:00+02:00'],
    ['2026-12', 31, 'Asia/Kolkata', '2027-02-01T00:00:00+05:30'],
    ['2024-01', 29, 'UTC', '2024-03-01T00:00:00+00:00'],
    // Sao Paulo had no midnight on 2018-11-04.
    ['2018-10', 3, 'America/Sao_Paulo', '2018-11-04T01:00:00-02:00'],
  ])('the cut-off of %s after %i days in %s', (period, days, zone, expected) => {
    expect(formatLocal(cutOffOf(period, days, zone), zone)).toBe(expected);
  });

  test.each([
    ['2026-10-24T12:00:00Z', 0, 'Europe/Berlin', '2026-10-25T00:00:00+02:00'],
    ['2026-10-24T12:00:00Z', 1, 'Europe/Berlin', '2026-10-26T00:00:00+01:00'],
    ['2026-10-24T22:30:00Z', 0, 'Europe/Berlin', '2026-10-26T00:00:00+01:00'],
    ['2026-10-24T22:30:00Z', 0, 'UTC', '2026-10-25T00:00:00+00:00'],
    ['2026-10-25T00:00:00Z', 15, 'UTC', '2026-11-10T00:00:00+00:00'],
    ['2018-11-03T12:00:00Z', 0, 'America/Sao_Paulo', '2018-11-04T01:00:00-02:00'],
    // Apia skipped 2011-12-30 altogether.
    ['2011-12-29T20:00:00Z', 0, 'Pacific/Apia', '2011-12-31T00:00:00+14:00'],
  ])('%s plus %i days in %s', (text, days, zone, expected) => {
    expect(formatLocal(endOfLocalDayAfter(Date.parse(text), days, zone), zone)).toBe(expected);
  });

  test.each([-1, 0.5, NaN])('%d is no count of days', (days) => {
    expect(() => cutOffOf('2026-10', days, 'UTC')).toThrow(RangeError);
    expect(() => endOfLocalDayAfter(0, days, 'UTC')).toThrow(RangeError);
  });
});
