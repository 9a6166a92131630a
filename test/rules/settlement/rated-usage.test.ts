import fc from 'fast-check';
import type { ProposedTerms } from '../../../src/agreements/rules/complete-terms.js';
import { bucketGrid } from '../../../src/period/index.js';
import { percentile95Mbps } from '../../../src/rating/index.js';
import type { ComparedBucket } from '../../../src/reconciliation/index.js';
import { ratedUsage } from '../../../src/settlement/rules/rated-usage.js';
import { terms } from './support.js';

const PERCENTILE: ProposedTerms['percentile'] = {
  basis: 'aToB',
  commitMbps: '0',
  commitPrice: '0',
  overagePrice: '1',
  payer: 'A',
};

function settled(index: number, bytes: bigint, more: Partial<ComparedBucket> = {}): ComparedBucket {
  return {
    direction: 'aToB',
    index,
    start: 0,
    end: 1,
    scope: { sourceRegion: '', destinationRegion: '', service: '' },
    senderBytes: bytes + 3n,
    receiverBytes: bytes + 5n,
    status: 'mismatch',
    settledBytes: bytes,
    discrepancyBytes: 2n,
    ...more,
  };
}

const HOURS = bucketGrid('2026-10', 'hour', 'Etc/UTC');

test('settled bytes are summed by direction, and nothing that was merely measured', () => {
  const usage = ratedUsage(
    [settled(0, 10n), settled(5, 2n ** 63n), settled(0, 7n, { direction: 'bToA' })],
    terms(),
    HOURS,
  );
  expect(usage).toEqual({
    settledBytes: { aToB: 2n ** 63n + 10n, bToA: 7n },
    zeroRatableBytes: { aToB: 0n, bToA: 0n },
  });
});

describe('zero-ratable bytes', () => {
  const places = (sourceRegion: string, service: string) => ({
    scope: { sourceRegion, destinationRegion: '', service },
  });
  const buckets = [
    settled(0, 1n, places('eu', 'cdn')),
    settled(0, 2n, places('eu', 'vpn')),
    settled(0, 4n, places('us', 'cdn')),
    settled(1, 8n, places('eu', 'cdn')),
    settled(1, 16n, { ...places('eu', 'cdn'), direction: 'bToA' }),
  ];
  const rating = (zeroRating: NonNullable<ProposedTerms['directions']['aToB']>['zeroRating']) =>
    ratedUsage(buckets, terms({ directions: { aToB: { zeroRating: zeroRating! } } }), HOURS).zeroRatableBytes;

  test.each<[string, Parameters<typeof rating>[0], bigint]>([
    ['none', { kind: 'none' }, 0n],
    ['all', { kind: 'all' }, 15n],
    ['one region', { kind: 'all', sourceRegions: ['eu'] }, 11n],
    ['one service', { kind: 'all', services: ['cdn'] }, 13n],
    [
      'a region and a service, both of which must fit',
      { kind: 'all', sourceRegions: ['eu'], services: ['cdn'] },
      9n,
    ],
    ['several regions', { kind: 'all', sourceRegions: ['us', 'eu'] }, 15n],
    ['a region without traffic', { kind: 'all', sourceRegions: ['asia'] }, 0n],
    ['those of an allowance, before its amount', { kind: 'allowance', quantity: '0', unit: 'GB' }, 15n],
  ])('%s', (_name, zeroRating, expected) => {
    expect(rating(zeroRating)).toEqual({ aToB: expected, bToA: 0n });
  });
});

describe('samples', () => {
  const proposed: Partial<ProposedTerms> = { reconciliation: { bucket: '5min' }, percentile: PERCENTILE };
  const grid = bucketGrid('2026-02', '5min', 'Etc/UTC');

  test('are there with a percentile only', () => {
    expect(ratedUsage([], terms({ reconciliation: { bucket: '5min' } }), grid)).not.toHaveProperty('samples');
  });

  test('cover every bucket of the period, those that nobody reported as 0', () => {
    const { samples } = ratedUsage([settled(2, 5n), settled(8063, 9n)], terms(proposed), grid);
    expect(samples!.aToB).toHaveLength(28 * 288);
    expect(samples!.bToA).toHaveLength(28 * 288);
    expect(samples!.aToB[2]).toEqual({ bytes: 5n, duration_s: 300 });
    expect(samples!.aToB[8063]).toEqual({ bytes: 9n, duration_s: 300 });
    expect(samples!.aToB.filter(({ bytes }) => bytes !== 0n)).toHaveLength(2);
    expect(samples!.bToA.every(({ bytes }) => bytes === 0n)).toBe(true);
  });

  test('empty buckets count: traffic in less than 5 % of a month has a percentile of 0', () => {
    const n = 28 * 288;
    const burst = (length: number) => Array.from({ length }, (_, i) => settled(i, 37_500_000n));
    const p95 = (length: number) =>
      percentile95Mbps(ratedUsage(burst(length), terms(proposed), grid).samples!.aToB).numerator;
    // Rank ceil(0.95 n) = 7661 of 8064: the 403 highest samples are dropped.
    expect(p95(n - 7661)).toBe(0n);
    expect(p95(n - 7660)).toBeGreaterThan(0n);
  });

  test('are summed over scopes, and kept apart by direction', () => {
    const scoped = (service: string, bytes: bigint, direction: 'aToB' | 'bToA' = 'aToB') =>
      settled(7, bytes, { direction, scope: { sourceRegion: '', destinationRegion: '', service } });
    const { samples } = ratedUsage(
      [scoped('cdn', 5n), scoped('vpn', 6n), scoped('cdn', 9n, 'bToA')],
      terms(proposed),
      grid,
    );
    expect([samples!.aToB[7]!.bytes, samples!.bToA[7]!.bytes]).toEqual([11n, 9n]);
  });

  test.each([
    ['Europe/Berlin', '2026-03', 743 * 12],
    ['Europe/Berlin', '2026-10', 745 * 12],
    ['Australia/Lord_Howe', '2026-04', 720.5 * 12],
    ['Asia/Kolkata', '2026-10', 744 * 12],
  ])('in %s %s has %i, all of 5 minutes', (timezone, period, length) => {
    const local = bucketGrid(period, '5min', timezone);
    const { samples } = ratedUsage([], terms(proposed), local);
    expect(samples!.aToB).toHaveLength(length);
    expect(samples!.aToB.every(({ duration_s }) => duration_s === 300)).toBe(true);
  });

  test('add up to the settled bytes', () => {
    const bucket = fc.record({
      index: fc.nat(8063),
      bytes: fc.bigInt(0n, 2n ** 65n),
      direction: fc.constantFrom('aToB' as const, 'bToA' as const),
    });
    fc.assert(
      fc.property(fc.array(bucket, { maxLength: 30 }), (list) => {
        const buckets = list.map(({ index, bytes, direction }) => settled(index, bytes, { direction }));
        const { samples, settledBytes } = ratedUsage(buckets, terms(proposed), grid);
        for (const direction of ['aToB', 'bToA'] as const) {
          const sum = samples![direction].reduce((total, { bytes }) => total + bytes, 0n);
          expect(sum).toBe(settledBytes[direction]);
        }
      }),
      { numRuns: 20 },
    );
  });
});
