import {
  duplicateSuspects,
  hasMonthBias,
  shiftSuspects,
} from '../../../src/reconciliation/rules/suspicions.js';
import { compareBucket } from '../../../src/reconciliation/rules/compare-bucket.js';
import { compared, measured, MINUTE_MS, MONTH, rules, type Pair } from './support.js';

/** Traffic that never repeats, so that only the right shift fits. */
function wave(length: number): number[] {
  return Array.from({ length }, (_, i) => 1_000 + ((i * i * 37) % 997) * 10 + i);
}

/** What a receiver reports whose clock is off by so many buckets; null where it then has nothing. */
function shifted(sent: readonly number[], by: number): Pair[] {
  const first = Math.min(0, by);
  const last = sent.length + Math.max(0, by);
  return Array.from({ length: last - first }, (_, i) => [
    sent[first + i] ?? null,
    sent[first + i - by] ?? null,
  ]);
}

function shifts(pairs: readonly Pair[], minutes = 60, terms = rules()): [number, number][] {
  return shiftSuspects(compared(pairs, { minutes, terms }), terms).map(({ start, end }) => [
    (start - MONTH.start) / MINUTE_MS / minutes,
    (end - MONTH.start) / MINUTE_MS / minutes,
  ]);
}

describe('a shift by one bucket', () => {
  test.each([1, -1])('of the receiver by %i is suspected, over all that it concerns', (by) => {
    expect(shifts(shifted(wave(10), by))).toEqual([[0, 11]]);
    expect(shifts(shifted(wave(10), by), 5)).toEqual([[0, 11]]);
    expect(shifts(shifted(wave(10), by), 1440)).toEqual([[0, 11]]);
  });

  test('is suspected of the sides within their tolerance', () => {
    const off = shifted(wave(10), 1).map(([sent, got]): Pair => [
      sent && sent * 1_000,
      got && got * 1_000 + 900,
    ]);
    expect(shifts(off)).toEqual([[0, 11]]);
    expect(shifts(off, 60, rules({ ppm: 0 }))).toEqual([]);
  });

  test('needs a run of three', () => {
    expect(shifts(shifted([10, 20], 1))).toEqual([[0, 3]]);
    expect(shifts(shifted([10], 1))).toEqual([]);
    const two: Pair[] = [
      [10, 20],
      [20, 30],
    ];
    expect(shifts([[5, 5], ...two, [7, 7]])).toEqual([]);
    const three: Pair[] = [
      [10, 99],
      [20, 10],
      [30, 20],
    ];
    expect(shifts([[5, 5], ...three, [7, 7]])).toEqual([[1, 4]]);
  });

  test('ends where the sides agree, and begins again after', () => {
    const run: Pair[] = [
      [10, 99],
      [20, 10],
      [30, 20],
    ];
    expect(shifts([...run, [7, 7], ...run])).toEqual([
      [0, 3],
      [4, 7],
    ]);
  });

  test('does not reach over a bucket that nobody reported', () => {
    const buckets = compared([
      [10, 99],
      [20, 10],
      [30, 20],
      [40, 30],
    ]);
    const gap = buckets.filter(({ index }) => index !== 2);
    expect(shiftSuspects(buckets, rules())).toHaveLength(1);
    expect(shiftSuspects(gap, rules())).toEqual([]);
  });

  test('is not suspected where the differences are all of one size', () => {
    expect(
      shifts([
        [100, 90],
        [100, 90],
        [100, 90],
        [100, 90],
      ]),
    ).toEqual([]);
    expect(
      shifts([
        [90, 100],
        [100, 110],
        [110, 120],
        [120, 130],
      ]),
    ).toEqual([]);
    expect(
      shifts([
        [100, 90],
        [90, 80],
        [80, 70],
        [70, 60],
      ]),
    ).toEqual([]);
    expect(
      shifts([
        [7, null],
        [7, null],
        [7, null],
        [7, null],
      ]),
    ).toEqual([]);
  });

  test('is not suspected of a side that is missing, or of chance', () => {
    expect(shifts(wave(10).map((bytes): Pair => [bytes, null]))).toEqual([]);
    expect(shifts(wave(10).map((bytes): Pair => [null, bytes]))).toEqual([]);
    expect(shifts(wave(10).map((bytes, i): Pair => [bytes, bytes * 2 + i * 100]))).toEqual([]);
  });

  test('is not suspected once a single bucket does not fit', () => {
    const pairs = shifted(wave(10), 1).map((pair, i): Pair => (i === 5 ? [pair[0], 1] : pair));
    expect(shifts(pairs)).toEqual([]);
  });

  test('two buckets are no such shift where a bucket is an hour or more', () => {
    expect(shifts(shifted(wave(10), 2))).toEqual([]);
    expect(shifts(shifted(wave(10), 12), 1440)).toEqual([]);
  });
});

describe('a shift by one hour', () => {
  test.each([
    [5, 12],
    [5, -12],
    [15, 4],
    [15, -4],
  ])('of %i-minute buckets by %i of them is suspected', (minutes, by) => {
    expect(shifts(shifted(wave(40), by), minutes)).toEqual([[0, 40 + Math.abs(by)]]);
  });

  test.each([
    [5, 11],
    [5, 13],
    [5, 24],
    [5, 2],
    [15, 3],
    [15, 12],
  ])('of %i-minute buckets by %i of them is none', (minutes, by) => {
    expect(shifts(shifted(wave(40), by), minutes)).toEqual([]);
  });
});

test('flows and scopes are looked at apart, though their buckets come by turns', () => {
  const flows = [
    ['aToB', 'cdn', true],
    ['aToB', 'vpn', true],
    ['aToB', 'tape', false],
    ['bToA', 'cdn', true],
  ] as const;
  const bytes = (figure: number | null): bigint | null => (figure === null ? null : BigInt(figure));
  const buckets = shifted(wave(6), 1).flatMap(([sent, got], index) =>
    flows.map(([direction, service, isShifted]) => {
      const scope = { sourceRegion: '', destinationRegion: '', service };
      const received = bytes(isShifted ? got : sent);
      return compareBucket(measured(index, bytes(sent), received, { scope, direction }), rules());
    }),
  );
  const flags = shiftSuspects(buckets, rules());
  expect(flags.map(({ direction, scope }) => `${direction} ${scope!.service}`)).toEqual([
    'aToB cdn',
    'aToB vpn',
    'bToA cdn',
  ]);
});

describe('duplicates', () => {
  const suspected = (sent: number | null, got: number | null, terms = rules()): boolean =>
    duplicateSuspects(compared([[sent, got]], { terms }), terms).length > 0;

  test.each<[number | null, number | null, boolean]>([
    [1_000_000, 2_000_000, true],
    [2_000_000, 1_000_000, true],
    [1_000_000, 3_000_000, true],
    [7_000_000, 1_000_000, true],
    [1_000_000, 1_000_000, false],
    [1_000_000, 1_500_000, false],
    [1_000_000, 1_100_000, false],
    // 1,000 ppm of the larger side, to the byte.
    [1_000_000, 2_001_999, true],
    [1_000_000, 2_002_002, true],
    [1_000_000, 2_002_003, false],
    [1_000_000, 1_998_001, false],
    [1_000_000, 1_998_002, true],
    [0, 1_000_000, false],
    [1_000_000, 0, false],
    [0, 0, false],
    [1_000_000, null, false],
    [null, 1_000_000, false],
  ])('%p against %p: %p', (sent, got, expected) => {
    expect(suspected(sent, got)).toBe(expected);
  });

  test('a multiple within tolerance of the other side is no mismatch, and no suspect', () => {
    expect(suspected(10, 20, rules({ absoluteBytes: '10' }))).toBe(false);
  });

  test('the flag names the bucket', () => {
    const [flag] = duplicateSuspects(compared([[5_000, 10_000]], { from: 7 }), rules());
    expect(flag).toEqual({
      flag: 'duplicate_suspect',
      direction: 'aToB',
      start: MONTH.start + 7 * 60 * MINUTE_MS,
      end: MONTH.start + 8 * 60 * MINUTE_MS,
      scope: { sourceRegion: '', destinationRegion: '', service: '' },
    });
  });
});

describe('a bias over the month', () => {
  test('shows although every bucket passes', () => {
    const terms = rules({ ppm: 1000, monthPpm: 500 });
    const buckets = compared(
      Array.from({ length: 100 }, (): Pair => [1_000_000, 999_100]),
      { terms },
    );
    expect(buckets.every(({ status }) => status === 'within_tolerance')).toBe(true);
    expect(hasMonthBias(buckets, terms)).toBe(true);
    expect(hasMonthBias(buckets, rules({ monthPpm: 900 }))).toBe(false);
    expect(hasMonthBias(buckets, rules({ monthPpm: 899 }))).toBe(true);
    expect(hasMonthBias(buckets, rules({ monthPpm: 0, monthAbsoluteBytes: '90000' }))).toBe(false);
    expect(hasMonthBias(buckets, rules({ monthPpm: 0, monthAbsoluteBytes: '89999' }))).toBe(true);
  });

  test('is not that of single buckets, whose tolerance is another', () => {
    const terms = rules({ ppm: 0, absoluteBytes: '0', monthPpm: 1000 });
    expect(
      hasMonthBias(
        compared(
          [
            [1_000, 1_100],
            [1_100, 1_000],
          ],
          { terms },
        ),
        terms,
      ),
    ).toBe(false);
  });

  test('leaves out buckets of which one side is missing', () => {
    expect(
      hasMonthBias(
        compared([
          [1_000, 1_000],
          [5_000, null],
          [null, 9],
        ]),
        rules(),
      ),
    ).toBe(false);
    expect(
      hasMonthBias(
        compared([
          [1_000, 900],
          [null, 100],
        ]),
        rules(),
      ),
    ).toBe(true);
    expect(
      hasMonthBias(
        compared([
          [1_000, 900],
          [0, 100],
        ]),
        rules(),
      ),
    ).toBe(false);
    expect(hasMonthBias([], rules())).toBe(false);
  });
});
