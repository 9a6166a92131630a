import type { Instant } from './period.js';

/**
 * The parts of a record's bytes between its start, the cuts and its end (section 4): bytes up to t are
 * ceil(bytes * (t - start) / (end - start)), a part is the difference of two such values. So the parts add up
 * to the bytes, and a further cut divides one part and changes no other. Throws RangeError unless
 * start < end, bytes >= 0 and the cuts ascend strictly inside (start, end).
 */
export function splitBytes(bytes: bigint, start: Instant, end: Instant, cuts: readonly Instant[]): bigint[] {
  if (bytes < 0n) throw new RangeError('Bytes cannot be negative');
  if (!(start < end)) throw new RangeError('An interval starts before it ends');
  if (cuts.length === 0) return [bytes];

  const duration_ms = BigInt(end - start);
  const parts: bigint[] = [];
  let before = start;
  let upToBefore = 0n;
  for (const cut of cuts) {
    if (!(cut > before && cut < end)) throw new RangeError('Cuts ascend strictly inside the interval');
    const upToCut = (bytes * BigInt(cut - start) + duration_ms - 1n) / duration_ms;
    parts.push(upToCut - upToBefore);
    before = cut;
    upToBefore = upToCut;
  }
  parts.push(bytes - upToBefore);
  return parts;
}
