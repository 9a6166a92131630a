import type { Rational } from './rational.js';

/**
 * The nearest integer, halves away from zero (section 3), so that a reversal rounds to exactly the negative
 * of what it reverses: 267.5 gives 268 and -267.5 gives -268.
 */
export function roundHalfAwayFromZero(r: Rational): bigint {
  const magnitude = r.numerator < 0n ? -r.numerator : r.numerator;
  const rounded = (2n * magnitude + r.denominator) / (2n * r.denominator);
  return r.numerator < 0n ? -rounded : rounded;
}
