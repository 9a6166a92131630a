import fc from 'fast-check';
import {
  amountOf,
  currencyExponent,
  formatAmount,
  isCurrency,
  isTrafficUnit,
  minorUnitsOf,
  parseAmount,
  parseDecimal,
  quantityOf,
  rational,
  unitBytes,
  type TrafficUnit,
} from '../../../src/money/index.js';

test.each([
  ['JPY', 0],
  ['KRW', 0],
  ['XOF', 0],
  ['USD', 2],
  ['EUR', 2],
  ['BHD', 3],
  ['KWD', 3],
  ['CLF', 4],
  ['UYW', 4],
])('%s has %i decimals', (code, exponent) => {
  expect(isCurrency(code)).toBe(true);
  expect(currencyExponent(code)).toBe(exponent);
});

test.each([
  ...'XAU XAG XPT XPD XXX XTS XDR XUA XSU XBA XBB XBC XBD'.split(' '),
  ...['usd', 'US', 'USDX', '', 'ABC', 'constructor', ' USD'],
])('%j is not a currency', (code) => {
  expect(isCurrency(code)).toBe(false);
  expect(() => currencyExponent(code)).toThrow(RangeError);
});

test.each([
  [220000n, 'USD', '2200.00'],
  [-50n, 'USD', '-0.50'],
  [5n, 'USD', '0.05'],
  [0n, 'USD', '0.00'],
  [0n, 'JPY', '0'],
  [-7n, 'JPY', '-7'],
  [1n, 'BHD', '0.001'],
  [-12345n, 'BHD', '-12.345'],
  [12345n, 'CLF', '1.2345'],
  [2n ** 64n, 'USD', '184467440737095516.16'],
])('%s minor units of %s are %s, there and back', (minor, currency, text) => {
  expect(formatAmount(minor, currency)).toBe(text);
  expect(parseAmount(text, currency)).toBe(minor);
});

test.each([
  ['24000', 'USD', 2400000n],
  ['0.5', 'USD', 50n],
  ['-0', 'USD', 0n],
  ['1.5', 'BHD', 1500n],
])('%s %s has fewer decimals and is accepted', (text, currency, minor) => {
  expect(parseAmount(text, currency)).toBe(minor);
});

test.each([
  ['1.005', 'USD'],
  ['1.000', 'USD'],
  ['1.0', 'JPY'],
  ['1.0001', 'BHD'],
  ['', 'USD'],
  ['1e2', 'USD'],
  ['.5', 'USD'],
  ['1', 'XAU'],
])('refuses %j %s', (text, currency) => {
  expect(() => parseAmount(text, currency)).toThrow(RangeError);
});

test('every amount survives its text', () => {
  fc.assert(
    fc.property(
      fc.bigInt(-(10n ** 28n), 10n ** 28n),
      fc.constantFrom('JPY', 'USD', 'BHD', 'CLF'),
      (minor, code) => {
        expect(parseAmount(formatAmount(minor, code), code)).toBe(minor);
      },
    ),
  );
});

describe('amountOf rounds once, half away from zero', () => {
  test.each([
    ['1', '0.335', 'USD', 34n],
    ['1', '-0.335', 'USD', -34n],
    ['1', '-2.675', 'USD', -268n],
    ['1', '0.334999999999', 'USD', 33n],
    ['1', '267.5', 'JPY', 268n],
    ['1', '-267.5', 'JPY', -268n],
    ['3', '0.0005', 'BHD', 2n],
    ['10000000000000000000', '0.000000000001', 'USD', 1000000000n],
  ])('%s * %s %s', (quantity, price, currency, expected) => {
    expect(amountOf(parseDecimal(quantity), parseDecimal(price), currency)).toBe(expected);
  });

  test('three lines of 0.335 are 0.34 each and 1.02 together', () => {
    const lines = [0, 1, 2].map(() => amountOf(rational(1n), parseDecimal('0.335'), 'USD'));
    expect(lines.map((line) => formatAmount(line, 'USD'))).toEqual(['0.34', '0.34', '0.34']);
    expect(
      formatAmount(
        lines.reduce((a, b) => a + b),
        'USD',
      ),
    ).toBe('1.02');
  });

  test('a third and a fraction of a cent are not rounded before the end', () => {
    expect(amountOf(rational(1n, 3n), rational(3n), 'USD')).toBe(100n);
    expect(minorUnitsOf(rational(1n, 200n), 'USD')).toBe(1n);
    expect(minorUnitsOf(rational(-1n, 200n), 'USD')).toBe(-1n);
  });
});

test.each<[TrafficUnit, bigint]>([
  ['GB', 1_000_000_000n],
  ['TB', 1_000_000_000_000n],
  ['PB', 1_000_000_000_000_000n],
  ['GiB', 1_073_741_824n],
  ['TiB', 1_099_511_627_776n],
  ['PiB', 1_125_899_906_842_624n],
])('1 %s is %s bytes', (unit, bytes) => {
  expect(isTrafficUnit(unit)).toBe(true);
  expect(unitBytes(unit)).toBe(bytes);
  expect(quantityOf(7n, unit)).toEqual({ numerator: 7n, denominator: bytes });
});

test.each(['gb', 'MB', 'Mbps', '', 'toString'])('%j is no unit of traffic', (unit) => {
  expect(isTrafficUnit(unit)).toBe(false);
  expect(() => unitBytes(unit as TrafficUnit)).toThrow(RangeError);
});
