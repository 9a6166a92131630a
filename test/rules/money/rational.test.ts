import fc from 'fast-check';
import {
  add,
  compare,
  floor,
  formatDecimal,
  isDecimal,
  multiply,
  parseDecimal,
  rational,
  roundHalfAwayFromZero,
  subtract,
} from '../../../src/money/index.js';

describe('parseDecimal', () => {
  test.each([
    ['0', 0n, 1n],
    ['-0.00', 0n, 100n],
    ['0.015', 15n, 1000n],
    ['-12.50', -1250n, 100n],
    ['9007199254740993.1', 90071992547409931n, 10n],
  ])('%s', (text, numerator, denominator) => {
    expect(compare(parseDecimal(text), rational(numerator, denominator))).toBe(0);
  });

  test.each([
    '',
    '.',
    '1.',
    '.5',
    '+1',
    '01',
    '1e3',
    '0x10',
    ' 1',
    '1 ',
    '1,5',
    '--1',
    'NaN',
    '1.2.3',
    '１',
    '1\n',
  ])('refuses %j', (text) => {
    expect(() => parseDecimal(text)).toThrow(RangeError);
    expect(isDecimal(text, { allowNegative: true })).toBe(false);
  });
});

describe('isDecimal', () => {
  test.each([
    ['0.123456789012', {}, true],
    ['0.1234567890123', {}, false],
    ['0.12', { maxDecimals: 2 }, true],
    ['0.123', { maxDecimals: 2 }, false],
    ['1', { maxDecimals: 0 }, true],
    ['1.0', { maxDecimals: 0 }, false],
    ['-1', {}, false],
    ['-1', { allowNegative: true }, true],
    ['9'.repeat(30), {}, true],
    ['9'.repeat(31), {}, false],
    [`-${'9'.repeat(30)}.5`, { allowNegative: true }, true],
    ['1'.repeat(1_000_000), {}, false],
  ])('case %#', (text, options, expected) => {
    expect(isDecimal(text, options)).toBe(expected);
  });
});

test('a rational keeps its sign on top and refuses a denominator of 0', () => {
  expect(rational(1n, -2n)).toEqual({ numerator: -1n, denominator: 2n });
  expect(() => rational(1n, 0n)).toThrow(RangeError);
});

test('arithmetic', () => {
  const third = rational(1n, 3n);
  const half = rational(1n, 2n);
  expect(compare(add(third, half), rational(5n, 6n))).toBe(0);
  expect(compare(subtract(third, half), rational(-1n, 6n))).toBe(0);
  expect(compare(multiply(third, rational(-3n, 2n)), rational(-1n, 2n))).toBe(0);
  expect(compare(third, half)).toBe(-1);
  expect(compare(rational(-1n, 3n), rational(-1n, 2n))).toBe(1);
});

test.each([
  [7n, 2n, 3n],
  [-7n, 2n, -4n],
  [-8n, 2n, -4n],
  [0n, 5n, 0n],
  [-1n, 2n ** 60n, -1n],
])('floor(%s/%s) is %s', (n, d, expected) => {
  expect(floor(rational(n, d))).toBe(expected);
});

test.each([
  [2675n, 10n, 268n],
  [-2675n, 10n, -268n],
  [5n, 10n, 1n],
  [-5n, 10n, -1n],
  [4999n, 10000n, 0n],
  [-4999n, 10000n, 0n],
  [2n ** 64n * 3n + 1n, 2n, (2n ** 64n * 3n + 2n) / 2n],
  [15n, 10n, 2n],
  [25n, 10n, 3n],
  [1n, 3n, 0n],
  [2n, 3n, 1n],
])('%s/%s rounds to %s, half away from zero', (n, d, expected) => {
  expect(roundHalfAwayFromZero(rational(n, d))).toBe(expected);
});

test('a reversal rounds to the exact negative, never further than a half away', () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.bigInt(1n, 10n ** 15n), (n, d) => {
      const rounded = roundHalfAwayFromZero(rational(n, d));
      expect(roundHalfAwayFromZero(rational(-n, d))).toBe(-rounded);
      const twiceOff = 2n * (n - rounded * d);
      expect(twiceOff <= d && twiceOff >= -d).toBe(true);
    }),
  );
});

test.each([
  [rational(0n), 12, '0'],
  [rational(-1n, 10n ** 13n), 12, '0'],
  [rational(5n, 10n ** 13n), 12, '0.000000000001'],
  [rational(2n, 3n), 12, '0.666666666667'],
  [rational(-2n, 3n), 4, '-0.6667'],
  [rational(1500n, 1000n), 12, '1.5'],
  [rational(100n), 12, '100'],
  [rational(100n), 0, '100'],
  [rational(19n, 2n), 0, '10'],
  [rational(10n ** 30n + 1n, 10n ** 9n), 12, '1000000000000000000000.000000001'],
])('formatDecimal, case %#', (value, maxDecimals, expected) => {
  expect(formatDecimal(value, maxDecimals)).toBe(expected);
});

test('a decimal of at most 12 decimals survives showing and parsing', () => {
  fc.assert(
    fc.property(fc.bigInt(-(10n ** 40n), 10n ** 40n), fc.integer({ min: 0, max: 12 }), (n, decimals) => {
      const value = rational(n, 10n ** BigInt(decimals));
      const text = formatDecimal(value, 12);
      expect(compare(parseDecimal(text), value)).toBe(0);
      expect(text).not.toMatch(/\.\d*0$|\.$|^-0$/);
    }),
  );
});
