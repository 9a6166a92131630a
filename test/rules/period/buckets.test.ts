import fc from 'fast-check';
import {
  bucketEndAt,
  bucketGrid,
  bucketIndexAt,
  bucketStarts,
  formatLocal,
  periodBounds,
  type BucketSize,
} from '../../../src/period/index.js';

const HOUR_MS = 3_600_000;

function lengthsInHours(period: string, size: BucketSize, zone: string): number[] {
  const grid = bucketGrid(period, size, zone);
  return grid.starts.map((start, i) => (bucketEndAt(grid, i) - start) / HOUR_MS);
}

test.each<[string, BucketSize, string, number]>([
  ['2026-10', '5min', 'UTC', 8928],
  ['2024-02', '5min', 'UTC', 8352],
  ['2026-10', '5min', 'Europe/Berlin', 8940],
  ['2026-10', '15min', 'UTC', 2976],
  ['2026-10', 'hour', 'UTC', 744],
  ['2026-10', 'hour', 'Europe/Berlin', 745],
  ['2026-03', 'hour', 'Europe/Berlin', 743],
  ['2026-06', 'hour', 'Asia/Kolkata', 721],
  ['2026-10', 'hour', 'Australia/Lord_Howe', 744],
  ['2026-10', 'day', 'Europe/Berlin', 31],
  ['2011-12', 'day', 'Pacific/Apia', 30],
  ['2026-10', 'month', 'Europe/Berlin', 1],
])('%s by %s in %s: %i buckets', (period, size, zone, count) => {
  expect(bucketStarts(period, size, zone)).toHaveLength(count);
});

test('hours are aligned to UTC and cut at the ends of a half-hour zone', () => {
  const hours = lengthsInHours('2026-06', 'hour', 'Asia/Kolkata');
  expect(hours[0]).toBe(0.5);
  expect(hours.at(-1)).toBe(0.5);
  expect(new Set(hours.slice(1, -1))).toEqual(new Set([1]));
  const starts = bucketStarts('2026-06', 'hour', 'Asia/Kolkata');
  expect(starts[1]! % HOUR_MS).toBe(0);
});

test('a 30-minute shift leaves one end of the month on the hour and the other off it', () => {
  const hours = lengthsInHours('2026-10', 'hour', 'Australia/Lord_Howe');
  expect(hours[0]).toBe(0.5);
  expect(hours.at(-1)).toBe(1);
  expect(hours.reduce((a, b) => a + b)).toBe(743.5);
});

test('days are local: 23 and 25 hours across DST, 23.5 across a 30-minute shift', () => {
  const october = lengthsInHours('2026-10', 'day', 'Europe/Berlin');
  expect(october.flatMap((hours, i) => (hours === 24 ? [] : [[i + 1, hours]]))).toEqual([[25, 25]]);
  const march = lengthsInHours('2026-03', 'day', 'Europe/Berlin');
  expect(march.flatMap((hours, i) => (hours === 24 ? [] : [[i + 1, hours]]))).toEqual([[29, 23]]);
  const island = lengthsInHours('2026-10', 'day', 'Australia/Lord_Howe');
  expect(island.flatMap((hours, i) => (hours === 24 ? [] : [[i + 1, hours]]))).toEqual([[4, 23.5]]);
});

test('a day without midnight starts at 01:00', () => {
  const grid = bucketGrid('2018-11', 'day', 'America/Sao_Paulo');
  expect(formatLocal(grid.starts[3]!, 'America/Sao_Paulo')).toBe('2018-11-04T01:00:00-02:00');
  expect(grid.starts).toHaveLength(30);
});

test('a boundary belongs to the bucket that starts there', () => {
  for (const size of ['5min', 'hour', 'day'] as const) {
    const grid = bucketGrid('2026-10', size, 'Asia/Kolkata');
    expect(grid.starts.map((start) => bucketIndexAt(grid, start))).toEqual(grid.starts.map((_, i) => i));
    expect(bucketIndexAt(grid, grid.starts[7]! - 1)).toBe(6);
  }
});

test('outside the period there is no bucket', () => {
  for (const size of ['hour', 'day', 'month'] as const) {
    const grid = bucketGrid('2026-10', size, 'Europe/Berlin');
    expect(bucketIndexAt(grid, grid.starts[0]! - 1)).toBe(-1);
    expect(bucketIndexAt(grid, grid.end)).toBe(-1);
    expect(bucketIndexAt(grid, grid.end - 1)).toBe(grid.starts.length - 1);
    expect(bucketIndexAt(grid, grid.starts[0]!)).toBe(0);
    expect(() => bucketEndAt(grid, grid.starts.length)).toThrow(RangeError);
    expect(() => bucketEndAt(grid, -1)).toThrow(RangeError);
  }
});

test('buckets cover the period without gap, and the index finds the one that holds an instant', () => {
  const cases = fc.record({
    zone: fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia'),
    size: fc.constantFrom<BucketSize>('5min', '15min', 'hour', 'day', 'month'),
    year: fc.integer({ min: 1990, max: 2040 }),
    month: fc.integer({ min: 1, max: 12 }),
    ppm: fc.nat(999_999),
  });
  fc.assert(
    fc.property(cases, ({ zone, size, year, month, ppm }) => {
      const period = `${year}-${String(month).padStart(2, '0')}`;
      const bounds = periodBounds(period, zone);
      const grid = bucketGrid(period, size, zone);
      expect(grid.starts[0]).toBe(bounds.start);
      expect(grid.end).toBe(bounds.end);
      expect(grid.starts.every((start, i) => start < bucketEndAt(grid, i))).toBe(true);
      const at = bounds.start + Math.floor((ppm / 1_000_000) * (bounds.end - bounds.start));
      const linear = grid.starts.filter((start) => start <= at).length - 1;
      expect(bucketIndexAt(grid, at)).toBe(linear);
      expect(bucketIndexAt(grid, grid.starts[linear]!)).toBe(linear);
      expect(bucketIndexAt(grid, bucketEndAt(grid, linear) - 1)).toBe(linear);
    }),
    { numRuns: 60 },
  );
});
