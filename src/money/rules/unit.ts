import { rational, type Rational } from './rational.js';

/** Units of traffic: powers of ten, and of two (section 3). */
export type TrafficUnit = 'GB' | 'TB' | 'PB' | 'GiB' | 'TiB' | 'PiB';

const BYTES: Readonly<Record<TrafficUnit, bigint>> = {
  GB: 10n ** 9n,
  TB: 10n ** 12n,
  PB: 10n ** 15n,
  GiB: 2n ** 30n,
  TiB: 2n ** 40n,
  PiB: 2n ** 50n,
};

/** Whether the text names a unit of traffic; the case matters. */
export function isTrafficUnit(text: string): text is TrafficUnit {
  return Object.hasOwn(BYTES, text);
}

/** Bytes in one unit. Throws RangeError for an unknown unit. */
export function unitBytes(unit: TrafficUnit): bigint {
  if (!isTrafficUnit(unit)) throw new RangeError(`Not a unit of traffic: ${JSON.stringify(unit)}`);
  return BYTES[unit];
}

/** bytes / unit, exact (section 3). */
export function quantityOf(bytes: bigint, unit: TrafficUnit): Rational {
  return rational(bytes, unitBytes(unit));
}
