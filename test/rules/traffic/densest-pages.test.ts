import fc from 'fast-check';
import { densestPages } from '../../../src/traffic/rules/densest-pages.js';

const sorted = (pages: number[]): number[] => [...pages].sort((a, b) => a - b);

test('samples of one chunk give its pages and a little beside them', () => {
  expect(densestPages([100, 150, 199], 3, 240)).toEqual({ first: 90, last: 209 });
});

test('the table begins with page 0', () => {
  expect(densestPages([1, 2], 2, 240)).toEqual({ first: 0, last: 12 });
});

test('a few samples that lie in another chunk widen nothing', () => {
  expect(densestPages([3, 500, 510, 520, 900], 5, 24)).toEqual({ first: 499, last: 521 });
});

test.each([
  ['nothing was found', [], 48],
  ['fewer than half were', [10, 11, 12], 7],
  ['they are scattered', [0, 1_000, 2_000, 3_000], 4],
])('there is no such place where %s', (_, found, samples) => {
  expect(densestPages(found, samples, 100)).toBeNull();
});

test('no window of a chunk’s length holds more samples, and the range is at most a little longer', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(2_000), { minLength: 1, maxLength: 48 }).map(sorted),
      fc.integer({ min: 1, max: 600 }),
      (found, pages) => {
        const within = (first: number, last: number): number =>
          found.filter((page) => page >= first && page <= last).length;
        const most = Math.max(...found.map((page) => within(page, page + pages - 1)));
        const range = densestPages(found, found.length, pages);
        if (most * 2 < found.length) return expect(range).toBeNull();
        expect(within(range!.first, range!.last)).toBeGreaterThanOrEqual(most);
        expect(range!.last - range!.first).toBeLessThan(pages + 2 * Math.ceil(pages / 24));
      },
    ),
  );
});
