import { currencyExponent } from './currency.js';
import { isDecimal, multiply, parseDecimal, type Rational } from './rational.js';
import { roundHalfAwayFromZero } from './round.js';

/** The minor units as a decimal text with exactly the currency's decimals, such as "-0.50" (section 3). */
export function formatAmount(minor: bigint, currency: string): string {
  const exponent = currencyExponent(currency);
  const sign = minor < 0n ? '-' : '';
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/**
 * The minor units of an amount's text, negative allowed. Fewer decimals than the currency has are accepted.
 * Throws RangeError when the text is no plain decimal or has more decimals: it is never rounded.
 */
export function parseAmount(text: string, currency: string): bigint {
  const exponent = currencyExponent(currency);
  if (!isDecimal(text, { maxDecimals: exponent, allowNegative: true })) {
    const shown = JSON.stringify(text.slice(0, 80));
    throw new RangeError(`Not an amount of ${currency} with at most ${exponent} decimals: ${shown}`);
  }
  const { numerator, denominator } = parseDecimal(text);
  return (numerator * 10n ** BigInt(exponent)) / denominator;
}

/** A sum of money given in major units, rounded once to minor units, half away from zero (section 3). */
export function minorUnitsOf(value: Rational, currency: string): bigint {
  const scale = 10n ** BigInt(currencyExponent(currency));
  return roundHalfAwayFromZero({ numerator: value.numerator * scale, denominator: value.denominator });
}

/** quantity * unitPrice in minor units, rounded once, half away from zero: the amount of a line (section 3). */
export function amountOf(quantity: Rational, unitPrice: Rational, currency: string): bigint {
  return minorUnitsOf(multiply(quantity, unitPrice), currency);
}
