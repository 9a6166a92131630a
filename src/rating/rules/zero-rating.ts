import type { ZeroRating } from '../../agreements/index.js';
import { floor, multiply, parseDecimal, rational, unitBytes } from '../../money/index.js';

/**
 * Z, the zero-rated bytes of one direction and period (section 6): none, all of the settled bytes inside the
 * zero-rating's limits, or those up to the allowance.
 */
export function zeroRatedBytesOf(zeroRating: ZeroRating, zeroRatableBytes: bigint): bigint {
  switch (zeroRating.kind) {
    case 'none':
      return 0n;
    case 'all':
      return zeroRatableBytes;
    case 'allowance': {
      const allowance = allowanceBytes(zeroRating);
      return zeroRatableBytes < allowance ? zeroRatableBytes : allowance;
    }
  }
}

/** The allowance of a period in bytes, floored to whole ones (section 6). */
export function allowanceBytes(zeroRating: Extract<ZeroRating, { kind: 'allowance' }>): bigint {
  return floor(multiply(parseDecimal(zeroRating.quantity), rational(unitBytes(zeroRating.unit))));
}
