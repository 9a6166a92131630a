import fc from 'fast-check';
import { allocate } from '../../../src/money/index.js';

function sum(parts: readonly bigint[]): bigint {
  return parts.reduce((a, b) => a + b, 0n);
}

test.each([
  [10n, [1n, 1n, 1n], [4n, 3n, 3n]],
  [11n, [1n, 1n, 1n], [4n, 4n, 3n]],
  [1n, [1n, 1n, 1n], [1n, 0n, 0n]],
  [10n, [1n, 2n, 3n], [2n, 3n, 5n]],
  [7n, [0n, 5n, 0n], [0n, 7n, 0n]],
  [1n, [0n, 1n, 1n], [0n, 1n, 0n]],
  [100n, [335n, 335n, 330n], [34n, 33n, 33n]],
  [5n, [1n, 9n], [1n, 4n]],
  [0n, [0n, 0n], [0n, 0n]],
  [0n, [3n, 4n], [0n, 0n]],
  [0n, [], []],
  [2n ** 70n + 1n, [2n ** 69n, 2n ** 69n], [2n ** 69n + 1n, 2n ** 69n]],
])('case %#: %s over %s', (total, weights, expected) => {
  expect(allocate(total, weights)).toEqual(expected);
  expect(sum(expected)).toBe(total);
});

test.each([
  [1n, []],
  [1n, [0n, 0n]],
  [-1n, [1n]],
  [1n, [2n, -1n]],
  [0n, [-1n]],
])('refuses %s over %s', (total, weights) => {
  expect(() => allocate(total, weights)).toThrow(RangeError);
});

test('parts add up, lie within one of the exact share, and the ones rounded up had the largest remainders', () => {
  const weights = fc
    .array(fc.bigInt(0n, 2n ** 64n), { minLength: 1, maxLength: 40 })
    .filter((all) => all.some((weight) => weight > 0n));
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 70n), weights, (total, all) => {
      const parts = allocate(total, all);
      const whole = sum(all);
      expect(sum(parts)).toBe(total);
      const remainders = all.map((weight) => (total * weight) % whole);
      const raised = parts.map((part, i) => part - (total * all[i]!) / whole);
      for (const extra of raised) expect(extra === 0n || extra === 1n).toBe(true);
      for (let i = 0; i < all.length; i += 1) {
        for (let j = 0; j < all.length; j += 1) {
          if (raised[i] === 1n && raised[j] === 0n) {
            const ahead = remainders[i]! > remainders[j]! || (remainders[i] === remainders[j] && i < j);
            expect(ahead).toBe(true);
          }
        }
      }
    }),
  );
});
