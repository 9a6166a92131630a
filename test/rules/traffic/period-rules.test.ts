import type { ProposedTerms } from '../../../src/agreements/rules/complete-terms.js';
import { refuseClosed, refuseRecord, refuseSuspended } from '../../../src/traffic/rules/period-rules.js';
import type { TrafficRecord } from '../../../src/traffic/rules/traffic-record.js';
import { PeriodTable } from '../../../src/traffic/rules/period-table.js';
import { at, periodTable, record, version, type TableOptions } from './support.js';

const NOW = at('2026-12-15T12:00:00Z');

/** Code and pointer of the refusal, or null when the record can be taken. */
function refusal(table: PeriodTable, each: TrafficRecord, now = NOW): [string, string] | null {
  const refused = refuseRecord(each, table.overlapping(each.start, each.end), now);
  return refused && [refused.code, refused.pointer];
}

function interval(options: TableOptions, start: string, end: string): string | null {
  return refusal(periodTable(options), record(start, end))?.[0] ?? null;
}

describe('the future', () => {
  const hour = record('2026-12-15T11:00:00Z', '2026-12-15T12:00:00Z');
  test.each<[string, number, [string, string] | null]>([
    ['that ends now', 0, null],
    ['that ends 5 minutes from now', -300_000, null],
    ['that ends a millisecond later than that', -300_001, ['interval_in_future', '/end']],
    ['that ends a second later than that', -301_000, ['interval_in_future', '/end']],
    ['that ended long ago', 86_400_000, null],
  ])('an interval %s', (_name, later_ms, expected) => {
    expect(refusal(periodTable(), hour, NOW + later_ms)).toEqual(expected);
  });

  test('is told before anything else', () => {
    const far = record('2999-01-01T00:00:00Z', '2999-03-01T00:00:00Z');
    expect(refusal(periodTable(), far)).toEqual(['interval_in_future', '/end']);
    expect(refusal(periodTable({ from: '2999-02' }), far)).toEqual(['interval_in_future', '/end']);
  });
});

describe('an interval is no longer than a bucket', () => {
  type Bucket = NonNullable<NonNullable<ProposedTerms['reconciliation']>['bucket']>;
  const TOO_LONG = 'interval_too_long';
  test.each<[Bucket, string, string, string, string | null]>([
    ['5min', 'Etc/UTC', '2026-10-05T00:00:00Z', '2026-10-05T00:05:00Z', null],
    ['5min', 'Etc/UTC', '2026-10-05T00:02:00Z', '2026-10-05T00:07:00Z', null],
    ['5min', 'Etc/UTC', '2026-10-05T00:00:00Z', '2026-10-05T00:05:01Z', TOO_LONG],
    ['15min', 'Etc/UTC', '2026-10-05T00:00:00Z', '2026-10-05T00:15:00Z', null],
    ['15min', 'Etc/UTC', '2026-10-05T00:00:00Z', '2026-10-05T00:15:01Z', TOO_LONG],
    ['hour', 'Etc/UTC', '2026-10-05T00:00:00Z', '2026-10-05T01:00:00Z', null],
    ['hour', 'Etc/UTC', '2026-10-05T00:30:00Z', '2026-10-05T01:30:00Z', null],
    ['hour', 'Etc/UTC', '2026-10-05T00:00:00Z', '2026-10-05T01:00:01Z', TOO_LONG],
    ['day', 'Etc/UTC', '2026-10-05T00:00:00Z', '2026-10-06T00:00:00Z', null],
    ['day', 'Etc/UTC', '2026-10-05T00:00:00Z', '2026-10-06T00:00:01Z', TOO_LONG],
    ['month', 'Etc/UTC', '2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z', null],
    ['month', 'Etc/UTC', '2026-10-01T00:00:00Z', '2026-11-01T00:00:01Z', TOO_LONG],
    ['month', 'Etc/UTC', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z', null],
    // The day of 25 hours in Berlin takes them, and so does one of 23 hours take those it has.
    ['day', 'Europe/Berlin', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', null],
    ['day', 'Europe/Berlin', '2026-10-24T22:00:00Z', '2026-10-25T23:00:01Z', TOO_LONG],
    ['day', 'Europe/Berlin', '2026-10-22T22:00:00Z', '2026-10-23T23:00:00Z', TOO_LONG],
    ['day', 'Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', null],
    ['day', 'Europe/Berlin', '2026-03-28T23:00:00Z', '2026-03-29T23:00:01Z', TOO_LONG],
    // A month of 745 hours, and one of 743.
    ['month', 'Europe/Berlin', '2026-09-30T22:00:00Z', '2026-10-31T23:00:00Z', null],
    ['month', 'Europe/Berlin', '2026-09-30T22:00:00Z', '2026-10-31T23:00:01Z', TOO_LONG],
    ['month', 'Europe/Berlin', '2026-02-28T23:00:00Z', '2026-03-31T22:00:00Z', null],
    ['month', 'Europe/Berlin', '2026-02-28T23:00:00Z', '2026-03-31T22:00:01Z', TOO_LONG],
    // Half-hour zones: hours are aligned to UTC and cut at the month's ends, and still take a whole hour.
    ['hour', 'Asia/Kolkata', '2026-09-30T18:30:00Z', '2026-09-30T19:30:00Z', null],
    ['hour', 'Asia/Kolkata', '2026-10-31T17:30:00Z', '2026-10-31T18:30:00Z', null],
    ['hour', 'Asia/Kolkata', '2026-09-30T18:30:00Z', '2026-09-30T19:30:01Z', TOO_LONG],
    ['hour', 'Asia/Kolkata', '2026-10-31T18:00:00Z', '2026-10-31T19:00:00Z', null],
    ['hour', 'Asia/Kolkata', '2026-10-31T18:00:00Z', '2026-10-31T19:00:01Z', TOO_LONG],
    ['day', 'Asia/Kolkata', '2026-10-04T18:30:00Z', '2026-10-05T18:30:00Z', null],
    ['day', 'Asia/Kolkata', '2026-10-04T18:30:00Z', '2026-10-05T18:30:01Z', TOO_LONG],
    // Lord Howe shifts by 30 minutes: days of 24.5 and 23.5 hours.
    ['day', 'Australia/Lord_Howe', '2026-04-04T13:00:00Z', '2026-04-05T13:30:00Z', null],
    ['day', 'Australia/Lord_Howe', '2026-04-04T13:00:00Z', '2026-04-05T13:30:01Z', TOO_LONG],
    ['day', 'Australia/Lord_Howe', '2026-10-03T13:30:00Z', '2026-10-04T13:00:00Z', null],
    ['hour', 'Australia/Lord_Howe', '2026-10-03T15:00:00Z', '2026-10-03T16:00:00Z', null],
    // Over the end of a month.
    ['hour', 'Etc/UTC', '2026-10-31T23:30:00Z', '2026-11-01T00:30:00Z', null],
    ['hour', 'Etc/UTC', '2026-10-31T23:30:00Z', '2026-11-01T00:30:01Z', TOO_LONG],
    ['month', 'Etc/UTC', '2026-01-31T12:00:00Z', '2026-03-01T12:00:00Z', null],
    ['month', 'Etc/UTC', '2026-01-15T00:00:00Z', '2026-02-15T00:00:01Z', TOO_LONG],
    // Of two buckets the longer one counts.
    ['month', 'Etc/UTC', '2026-02-15T00:00:00Z', '2026-03-18T00:00:00Z', null],
    ['month', 'Etc/UTC', '2026-02-15T00:00:00Z', '2026-03-18T00:00:01Z', TOO_LONG],
    ['hour', 'Etc/UTC', '2026-09-15T00:00:00Z', '2026-11-15T00:00:00Z', TOO_LONG],
  ])('%s in %s: %s to %s', (bucket, timezone, start, end, expected) => {
    expect(interval({ timezone, reconciliation: { bucket } }, start, end)).toBe(expected);
  });

  test.each([
    ['half a year', '2026-01-01T00:00:00Z', '2026-07-01T00:00:00Z'],
    ['four months', '2026-01-31T23:00:00Z', '2026-04-01T01:00:00Z'],
    ['years', '2021-01-01T00:00:00Z', '2026-07-01T00:00:00Z'],
  ])('%s is too long, and is not said to lack terms', (_name, start, end) => {
    for (const bucket of ['hour', 'month'] as const) {
      const refused = refusal(periodTable({ reconciliation: { bucket } }), record(start, end));
      expect(refused).toEqual(['interval_too_long', '/end']);
    }
  });
});

describe('an interval lies in periods that a version governs', () => {
  const NOT_IN_FORCE = 'agreement_not_in_force';
  const options = { from: '2026-03', lastPeriod: '2026-10', timezone: 'Europe/Berlin' };
  test.each([
    ['before', '2026-02-27T00:00:00Z', '2026-02-27T01:00:00Z', NOT_IN_FORCE],
    ['up to the first', '2026-02-28T22:00:00Z', '2026-02-28T23:00:00Z', NOT_IN_FORCE],
    ['over the start of the first', '2026-02-28T22:30:00Z', '2026-02-28T23:30:00Z', NOT_IN_FORCE],
    ['at the start of the first', '2026-02-28T23:00:00Z', '2026-03-01T00:00:00Z', null],
    ['at the end of the last', '2026-10-31T22:00:00Z', '2026-10-31T23:00:00Z', null],
    ['over the end of the last', '2026-10-31T22:30:00Z', '2026-10-31T23:30:00Z', NOT_IN_FORCE],
    ['after the last', '2026-10-31T23:00:00Z', '2026-11-01T00:00:00Z', NOT_IN_FORCE],
  ])('%s', (_name, start, end, expected) => {
    expect(interval(options, start, end)).toBe(expected);
    const each = record(start, end);
    expect(refusal(periodTable(options), each)?.[1] ?? null).toBe(expected && '/start');
  });

  test('an agreement without any version takes nothing', () => {
    const table = new PeriodTable('Etc/UTC', [], new Set());
    expect(refusal(table, record('2026-10-01T00:00:00Z', '2026-10-01T01:00:00Z'))?.[0]).toBe(NOT_IN_FORCE);
  });

  test.each([
    ['1970-01-01T00:00:00Z', '1970-01-01T01:00:00Z', 'America/New_York', NOT_IN_FORCE],
    ['1970-01-01T00:00:00Z', '1970-01-01T01:00:00Z', 'Asia/Tokyo', NOT_IN_FORCE],
    ['1970-01-01T04:30:00Z', '1970-01-01T05:30:00Z', 'America/New_York', NOT_IN_FORCE],
    ['9999-12-31T22:00:00Z', '9999-12-31T23:00:00Z', 'Asia/Tokyo', 'interval_in_future'],
    ['9999-12-31T14:30:00Z', '9999-12-31T15:30:00Z', 'Asia/Tokyo', 'interval_in_future'],
    ['9999-12-31T22:00:00Z', '9999-12-31T23:59:59Z', 'America/New_York', 'interval_in_future'],
  ])(
    '%s to %s, at the end of the calendar of %s, is refused like any other',
    (start, end, timezone, code) => {
      expect(interval({ from: '2026-03', timezone }, start, end)).toBe(code);
    },
  );
});

describe('the scope', () => {
  const reconciliation: ProposedTerms['reconciliation'] = {
    scope: ['sourceRegion', 'service'],
    scopeValues: { sourceRegion: ['eu', 'us'], service: ['cdn'] },
  };
  const taken = { sourceRegion: 'us', service: 'cdn' };
  test.each<[string, Partial<TrafficRecord>, string | null]>([
    ['values that are listed', {}, null],
    ['a field outside the scope', { destinationRegion: 'mars' }, null],
    ['another value', { sourceRegion: 'mars' }, '/sourceRegion'],
    ['another case', { sourceRegion: 'US' }, '/sourceRegion'],
    ['no value', { service: null }, '/service'],
    ["another field's value", { service: 'us' }, '/service'],
    ['a name that objects have', { service: 'toString' }, '/service'],
  ])('%s', (_name, change, pointer) => {
    const each = record('2026-10-05T00:00:00Z', '2026-10-05T01:00:00Z', { ...taken, ...change });
    expect(refusal(periodTable({ reconciliation: reconciliation }), each)).toEqual(
      pointer && ['unknown_scope_value', pointer],
    );
  });

  test('is that of every period which the record overlaps', () => {
    const versions = [
      { ...version('2026-01'), version: 1 },
      { ...version('2026-10', { reconciliation: reconciliation }), version: 2 },
    ];
    const table = new PeriodTable('Etc/UTC', versions, new Set());
    const over = (more: Partial<TrafficRecord>) =>
      refusal(table, record('2026-09-30T23:30:00Z', '2026-10-01T00:30:00Z', more));
    expect(over(taken)).toBeNull();
    expect(over({})).toEqual(['unknown_scope_value', '/sourceRegion']);
    expect(refusal(table, record('2026-09-30T22:30:00Z', '2026-09-30T23:30:00Z'))).toBeNull();
  });

  test('names the values that may be used, but not all of a long list', () => {
    const values = Array.from({ length: 12 }, (_, i) => `region-${i}`);
    const table = periodTable({
      reconciliation: { scope: ['sourceRegion'], scopeValues: { sourceRegion: values } },
    });
    const each = record('2026-10-05T00:00:00Z', '2026-10-05T01:00:00Z');
    const detail = refuseRecord(each, table.overlapping(each.start, each.end), NOW)!.detail;
    expect(detail).toContain('region-0, region-1');
    expect(detail).toMatch(/region-9, \.\.\.$/);
  });
});

describe('a closed period', () => {
  const table = periodTable({ closed: ['2026-09', '2026-10'] });
  const over = (start: string, end: string) => refuseClosed(table.overlapping(at(start), at(end)));

  test('takes nothing more', () => {
    expect(over('2026-10-05T00:00:00Z', '2026-10-05T01:00:00Z')).toMatchObject({
      code: 'period_closed',
      pointer: '/start',
      detail: expect.stringContaining('2026-10') as string,
    });
  });

  test.each([
    ['into it', '2026-08-31T23:30:00Z', '2026-09-01T00:30:00Z', true],
    ['out of it', '2026-10-31T23:30:00Z', '2026-11-01T00:30:00Z', true],
    ['up to it', '2026-08-31T23:00:00Z', '2026-09-01T00:00:00Z', false],
    ['from its end', '2026-11-01T00:00:00Z', '2026-11-01T01:00:00Z', false],
  ])('refuses an interval that leads %s: %s to %s', (_name, start, end, refused) => {
    expect(over(start, end)?.code === 'period_closed').toBe(refused);
  });

  test('is no matter of the record’s form: what is well-formed is asked for separately', () => {
    const each = record('2026-10-05T00:00:00Z', '2026-10-05T01:00:00Z');
    expect(refusal(table, each)).toBeNull();
    expect(refuseClosed([])).toBeNull();
  });
});

test.each([
  ['2026-10-05T00:00:00Z', '2026-10-05T01:00:00Z', null],
  ['2026-10-05T00:00:01Z', '2026-10-05T01:00:01Z', 'agreement_not_in_force'],
  ['2026-10-06T00:00:00Z', '2026-10-06T01:00:00Z', null],
] as const)('a suspension of one night refuses what overlaps it: %s to %s', (start, end, code) => {
  const rest = { from: at('2026-10-05T01:00:00Z'), until: at('2026-10-06T00:00:00Z') };
  expect(refuseSuspended(record(start, end), [rest])?.code ?? null).toBe(code);
});
