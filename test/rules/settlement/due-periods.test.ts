import fc from 'fast-check';
import type { VersionInForce } from '../../../src/agreements/rules/version-in-force.js';
import { cutOffOf, periodBounds, periodsBetween } from '../../../src/period/index.js';
import { duePeriods } from '../../../src/settlement/rules/due-periods.js';
import { at, terms } from './support.js';

function version(effectiveFrom: string, inForceAt: string, more: { version?: number; cutOff?: number } = {}) {
  return {
    version: more.version ?? 1,
    effectiveFrom,
    inForceAt: at(inForceAt),
    terms: terms({ days: { cutOff: more.cutOff ?? 5 } }),
  } satisfies VersionInForce;
}

interface Options {
  closed?: string[];
  timezone?: string;
  lastPeriod?: string | null;
}

function due(versions: VersionInForce[], now: string, options: Options = {}): string[] {
  const { closed = [], timezone = 'Etc/UTC', lastPeriod = null } = options;
  return duePeriods(versions, closed, { timezone, lastPeriod }, at(now));
}

const OCTOBER = [version('2026-10', '2026-09-20T00:00:00Z')];

describe('a period is due from its cut-off on', () => {
  test.each([
    ['before it ends', '2026-10-31T23:59:59Z', []],
    ['once it ended', '2026-11-01T00:00:00Z', []],
    ['a millisecond before the cut-off', '2026-11-05T23:59:59.999Z', []],
    ['at the cut-off', '2026-11-06T00:00:00Z', ['2026-10']],
    ['until it is closed', '2026-12-05T00:00:00Z', ['2026-10']],
    ['with the next', '2026-12-06T00:00:00Z', ['2026-10', '2026-11']],
  ])('%s', (_name, now, expected) => {
    expect(due(OCTOBER, now)).toEqual(expected);
  });

  test('and no more once it is closed', () => {
    expect(due(OCTOBER, '2026-12-06T00:00:00Z', { closed: ['2026-10'] })).toEqual(['2026-11']);
    expect(due(OCTOBER, '2026-12-06T00:00:00Z', { closed: ['2026-11', '2026-10'] })).toEqual([]);
  });

  test('without any version nothing is', () => {
    expect(due([], '2030-01-01T00:00:00Z')).toEqual([]);
  });

  test('a cut-off of 0 days is the end of the period', () => {
    const versions = [version('2026-10', '2026-09-20T00:00:00Z', { cutOff: 0 })];
    expect(due(versions, '2026-10-31T23:59:59.999Z')).toEqual([]);
    expect(due(versions, '2026-11-01T00:00:00Z')).toEqual(['2026-10']);
  });
});

describe('days end at local midnight', () => {
  test.each([
    // Berlin is at +01:00 again when October is cut off, and at +02:00 when March is.
    ['Europe/Berlin', '2026-10', 5, '2026-11-05T23:00:00Z'],
    ['Europe/Berlin', '2026-03', 5, '2026-04-05T22:00:00Z'],
    // The clocks change on the very day: New York on 8 March, in the count of February.
    ['America/New_York', '2026-02', 7, '2026-03-08T05:00:00Z'],
    ['America/New_York', '2026-02', 8, '2026-03-09T04:00:00Z'],
    ['Asia/Kolkata', '2026-10', 5, '2026-11-05T18:30:00Z'],
    ['Australia/Lord_Howe', '2026-03', 5, '2026-04-05T13:30:00Z'],
    ['Pacific/Kiritimati', '2026-10', 5, '2026-11-05T10:00:00Z'],
  ])('in %s %s with %i days is due from %s', (timezone, period, cutOff, instant) => {
    const versions = [version(period, '2026-01-15T00:00:00Z', { cutOff })];
    const before = new Date(at(instant) - 1).toISOString();
    expect(due(versions, before, { timezone })).not.toContain(period);
    expect(due(versions, instant, { timezone })).toContain(period);
  });
});

describe('periods that ended before both parties accepted close by request only', () => {
  test.each([
    ['long before', '2026-12-20T00:00:00Z', ['2026-12']],
    ['at the very instant', '2026-12-01T00:00:00Z', ['2026-12']],
    ['a millisecond after', '2026-11-30T23:59:59.999Z', ['2026-11', '2026-12']],
    ['not at all', '2026-01-01T00:00:00Z', ['2026-10', '2026-11', '2026-12']],
  ])('%s', (_name, inForceAt, expected) => {
    expect(due([version('2026-10', inForceAt)], '2027-01-10T00:00:00Z')).toEqual(expected);
  });

  test('which is a matter of local time', () => {
    const versions = [version('2026-10', '2026-11-30T23:30:00Z')];
    const now = '2027-01-10T00:00:00Z';
    expect(due(versions, now, { timezone: 'Europe/Berlin' })).toEqual(['2026-12']);
    expect(due(versions, now, { timezone: 'America/New_York' })).toEqual(['2026-11', '2026-12']);
  });

  test('and of the first version, not of later ones', () => {
    const versions = [
      version('2026-10', '2026-10-05T00:00:00Z'),
      version('2026-11', '2026-12-20T00:00:00Z', { version: 2 }),
    ];
    expect(due(versions, '2026-12-30T00:00:00Z')).toEqual(['2026-10', '2026-11']);
    expect(due([...versions].reverse(), '2026-12-30T00:00:00Z')).toEqual(['2026-10', '2026-11']);
  });
});

test('each period goes by the cut-off of its own version', () => {
  const versions = [
    version('2026-10', '2026-09-01T00:00:00Z', { cutOff: 40 }),
    version('2026-11', '2026-09-01T00:00:00Z', { version: 2, cutOff: 1 }),
  ];
  expect(due(versions, '2026-12-02T00:00:00Z')).toEqual(['2026-11']);
  expect(due(versions, '2026-12-11T00:00:00Z')).toEqual(['2026-10', '2026-11']);
});

test('none is due after the last, which still is', () => {
  const now = '2027-06-01T00:00:00Z';
  expect(due(OCTOBER, now, { lastPeriod: '2026-11' })).toEqual(['2026-10', '2026-11']);
  expect(due(OCTOBER, now, { lastPeriod: '2026-09' })).toEqual([]);
});

test('what is due is what the contract says, period by period', () => {
  const month = fc.integer({ min: 1, max: 12 }).map((n) => `2026-${String(n).padStart(2, '0')}`);
  const days = fc.nat(700);
  const zone = fc.constantFrom('Etc/UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Australia/Lord_Howe');
  fc.assert(
    fc.property(
      month,
      days,
      days,
      fc.nat(45),
      zone,
      fc.subarray(periodsBetween('2026-01', '2026-12')),
      (from, accepted, today, cutOff, timezone, closed) => {
        const origin = at('2025-12-01T07:00:00Z');
        const inForceAt = origin + accepted * 86_400_000;
        const now = origin + today * 86_400_000;
        const only: VersionInForce = {
          version: 1,
          effectiveFrom: from,
          inForceAt,
          terms: terms({ days: { cutOff } }),
        };
        const expected = periodsBetween(from, '2028-12').filter(
          (period) =>
            periodBounds(period, timezone).end > inForceAt &&
            cutOffOf(period, cutOff, timezone) <= now &&
            !closed.includes(period),
        );
        expect(duePeriods([only], closed, { timezone, lastPeriod: null }, now)).toEqual(expected);
      },
    ),
  );
});
