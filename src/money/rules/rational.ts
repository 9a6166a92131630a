import { roundHalfAwayFromZero } from './round.js';

/** An exact fraction; the denominator is always above 0, but the fraction need not be in lowest terms. */
export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const DECIMAL = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;
/** A limit on what comes in from outside: more digits than any quantity or price can need. */
const MAX_INTEGER_DIGITS = 30;

/** The fraction n/d with its sign on the numerator. Throws RangeError when d is 0. */
export function rational(n: bigint, d: bigint = 1n): Rational {
  if (d === 0n) throw new RangeError('A rational needs a denominator other than 0');
  return d < 0n ? { numerator: -n, denominator: -d } : { numerator: n, denominator: d };
}

export const ZERO: Rational = rational(0n);

/**
 * Whether the text is a plain decimal such as "0.015": no exponent, no leading zeros or plus sign, at most
 * `maxDecimals` decimals (12 for unit prices, section 3) and 30 digits before them.
 */
export function isDecimal(
  text: string,
  { maxDecimals = 12, allowNegative = false }: { maxDecimals?: number; allowNegative?: boolean } = {},
): boolean {
  // Bounded before the pattern runs, so a hostile text costs nothing.
  if (text.length > MAX_INTEGER_DIGITS + maxDecimals + 2 || !DECIMAL.test(text)) return false;
  const negative = text.startsWith('-');
  if (negative && !allowNegative) return false;
  const [integer = '', decimals = ''] = text.split('.');
  return decimals.length <= maxDecimals && integer.length - (negative ? 1 : 0) <= MAX_INTEGER_DIGITS;
}

/** The exact value of a decimal text, of any length and sign. Throws RangeError when it is malformed. */
export function parseDecimal(text: string): Rational {
  if (!DECIMAL.test(text)) throw new RangeError(`Not a decimal: ${JSON.stringify(text.slice(0, 80))}`);
  const point = text.indexOf('.');
  if (point < 0) return { numerator: BigInt(text), denominator: 1n };
  const decimals = text.length - point - 1;
  return {
    numerator: BigInt(text.slice(0, point) + text.slice(point + 1)),
    denominator: 10n ** BigInt(decimals),
  };
}

/** a + b, exact. */
export function add(a: Rational, b: Rational): Rational {
  return {
    numerator: a.numerator * b.denominator + b.numerator * a.denominator,
    denominator: a.denominator * b.denominator,
  };
}

/** a - b, exact. */
export function subtract(a: Rational, b: Rational): Rational {
  return add(a, { numerator: -b.numerator, denominator: b.denominator });
}

/** a * b, exact. */
export function multiply(a: Rational, b: Rational): Rational {
  return { numerator: a.numerator * b.numerator, denominator: a.denominator * b.denominator };
}

/** Negative, 0 or positive as a is below, equal to or above b. */
export function compare(a: Rational, b: Rational): -1 | 0 | 1 {
  const left = a.numerator * b.denominator;
  const right = b.numerator * a.denominator;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The greatest integer not above r; floor(-1/2) is -1. */
export function floor(r: Rational): bigint {
  const quotient = r.numerator / r.denominator;
  return r.numerator < 0n && r.numerator % r.denominator !== 0n ? quotient - 1n : quotient;
}

/**
 * The value in decimals for display, at most `maxDecimals` of them (12 for quantities, section 3): rounded
 * half away from zero, without trailing zeros; "0" for what rounds to zero. Never compute with it.
 */
export function formatDecimal(r: Rational, maxDecimals: number): string {
  const scale = 10n ** BigInt(maxDecimals);
  const scaled = roundHalfAwayFromZero({ numerator: r.numerator * scale, denominator: r.denominator });
  const digits = (scaled < 0n ? -scaled : scaled).toString().padStart(maxDecimals + 1, '0');
  const integer = digits.slice(0, digits.length - maxDecimals);
  const decimals = digits.slice(digits.length - maxDecimals).replace(/0+$/, '');
  return `${scaled < 0n ? '-' : ''}${integer}${decimals === '' ? '' : `.${decimals}`}`;
}
