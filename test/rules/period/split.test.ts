import fc from 'fast-check';
import { parseInstant, splitBytes } from '../../../src/period/index.js';

function at(text: string): number {
  return parseInstant(text)!;
}

test('the straddle over midnight', () => {
  const parts = splitBytes(1_000_000_000_007n, at('2026-10-31T23:50:00Z'), at('2026-11-01T00:10:00Z'), [
    at('2026-11-01T00:00:00Z'),
  ]);
  expect(parts).toEqual([500_000_000_004n, 500_000_000_003n]);
});

test.each([
  [10n, 0, 3000, [1000, 2000], [4n, 3n, 3n]],
  [1n, 0, 3000, [1000, 2000], [1n, 0n, 0n]],
  [0n, 0, 3000, [1000], [0n, 0n]],
  [7n, 0, 1000, [], [7n]],
  [2n ** 63n - 1n, 0, 2000, [1000], [2n ** 62n, 2n ** 62n - 1n]],
  [100n, 5000, 15000, [6000], [10n, 90n]],
])('case %#: %s bytes', (bytes, start, end, cuts, expected) => {
  expect(splitBytes(bytes, start, end, cuts)).toEqual(expected);
});

test.each([
  ['a negative count', -1n, 0, 1000, []],
  ['an empty interval', 1n, 1000, 1000, []],
  ['a cut at the start', 1n, 0, 2000, [0]],
  ['a cut at the end', 1n, 0, 2000, [2000]],
  ['cuts that do not ascend', 1n, 0, 3000, [2000, 1000]],
  ['the same cut twice', 1n, 0, 3000, [1000, 1000]],
])('refuses %s', (_name, bytes, start, end, cuts) => {
  expect(() => splitBytes(bytes, start, end, cuts)).toThrow(RangeError);
});

test('parts add up, each is the difference of two ceilings, and a further cut changes no outer part', () => {
  const cases = fc.record({
    bytes: fc.bigInt(0n, 2n ** 63n - 1n),
    start: fc.integer({ min: 0, max: 4_000_000_000 }),
    seconds: fc.uniqueArray(fc.integer({ min: 1, max: 86_399 }), { minLength: 1, maxLength: 12 }),
    drop: fc.nat(11),
  });
  fc.assert(
    fc.property(cases, ({ bytes, start, seconds, drop }) => {
      const length = 86_400;
      const offsets = [...seconds].sort((a, b) => a - b);
      const cuts = offsets.map((offset) => (start + offset) * 1000);
      const parts = splitBytes(bytes, start * 1000, (start + length) * 1000, cuts);
      expect(parts.reduce((a, b) => a + b)).toBe(bytes);

      // Independent: ceil by remainder, in seconds.
      const upTo = (offset: number): bigint => {
        const product = bytes * BigInt(offset);
        return product / 86_400n + (product % 86_400n === 0n ? 0n : 1n);
      };
      const edges = [0, ...offsets, length];
      expect(parts).toEqual(edges.slice(1).map((edge, i) => upTo(edge) - upTo(edges[i]!)));

      const dropped = drop % cuts.length;
      const fewer = splitBytes(
        bytes,
        start * 1000,
        (start + length) * 1000,
        cuts.filter((_, i) => i !== dropped),
      );
      expect(fewer).toEqual([
        ...parts.slice(0, dropped),
        parts[dropped]! + parts[dropped + 1]!,
        ...parts.slice(dropped + 2),
      ]);
    }),
  );
});
