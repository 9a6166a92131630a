import { describe, expect, test } from '@jest/globals';
import { disagree, type Measurement } from '../../../src/demo/disagreements.js';

const WANTED = { missing: 2, lost_record: 1, wrong_bytes: 3, noise: 4 };

/** Three records on each of 20 days in both directions. */
const REPORTS: Measurement[] = ['egress', 'ingress'].flatMap((direction) =>
  Array.from({ length: 60 }, (_, index) => ({
    id: `${direction}-${index}`,
    direction,
    start: `2024-09-${String((index % 20) + 1).padStart(2, '0')}T00:00:00Z`,
    bytes: BigInt(1_000_000_000 + index * 7_919),
  })),
);

function byDay(reports: readonly Measurement[]): Map<string, bigint> {
  const days = new Map<string, bigint>();
  for (const { direction, start, bytes } of reports) {
    const day = `${direction} ${start}`;
    days.set(day, (days.get(day) ?? 0n) + bytes);
  }
  return days;
}

/** Counts days by how the sums of both sides compare, at 1000 ppm. */
function statuses(reports: readonly Measurement[], others: readonly Measurement[]): Record<string, number> {
  const counts: Record<string, number> = { exact: 0, within: 0, mismatch: 0, missing: 0 };
  const seen = byDay(others);
  for (const [day, ours] of byDay(reports)) {
    const theirs = seen.get(day);
    const difference = theirs === undefined ? 0n : ours > theirs ? ours - theirs : theirs - ours;
    const higher = theirs !== undefined && theirs > ours ? theirs : ours;
    const status =
      theirs === undefined
        ? 'missing'
        : difference === 0n
          ? 'exact'
          : difference * 1_000_000n <= 1000n * higher
            ? 'within'
            : 'mismatch';
    counts[status]! += 1;
  }
  return counts;
}

describe('seeded disagreements', () => {
  test('are as many days of each kind as wanted', () => {
    const { days, measurements } = disagree(REPORTS, 'seed', WANTED);
    expect(days).toEqual({ ...WANTED, equal: 30 });
    expect(statuses(REPORTS, measurements)).toEqual({ exact: 30, within: 4, mismatch: 4, missing: 2 });
    expect(measurements).toHaveLength(REPORTS.length - 2 * 3 - 1);
  });

  test('are the same in every run, whatever the order of the records', () => {
    const once = disagree(REPORTS, 'seed', WANTED).measurements;
    expect(disagree(REPORTS, 'seed', WANTED).measurements).toEqual(once);
    const backwards = disagree([...REPORTS].reverse(), 'seed', WANTED).measurements;
    expect(backwards.reverse()).toEqual(once);
  });

  test('are others under another seed', () => {
    const once = disagree(REPORTS, 'seed', WANTED).measurements;
    expect(disagree(REPORTS, 'another seed', WANTED).measurements).not.toEqual(once);
  });

  test('never make a day lose its only record as a lost record', () => {
    const single = REPORTS.slice(0, 5);
    const { days, measurements } = disagree(single, 'seed', {
      ...WANTED,
      missing: 0,
      wrong_bytes: 0,
      noise: 0,
    });
    expect(days).toEqual({ missing: 0, lost_record: 0, wrong_bytes: 0, noise: 0, equal: 5 });
    expect(measurements).toEqual(single);
  });

  test('leave the reports they are made from as they are', () => {
    const before = structuredClone(REPORTS);
    disagree(REPORTS, 'seed', WANTED);
    expect(REPORTS).toEqual(before);
  });
});
