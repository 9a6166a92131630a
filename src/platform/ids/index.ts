import { randomBytes } from 'node:crypto';
import { v5, v7 } from 'uuid';

/** A new UUIDv7 (RFC 9562): unique, and ascending in time so that indexes grow at their end. */
export function newId(): string {
  return v7();
}

const UUID_SIZE_BYTES = 16;

/** Gives so many ids as `newId` would, each once, at a fraction of its cost: asking for randomness is what costs. */
export function newIds(count: number): () => string {
  const random = randomBytes(count * UUID_SIZE_BYTES);
  const msecs = Date.now();
  // With the highest bit free, so that counting on never starts from 0 again.
  const first = count > 0 ? random.readUInt32BE(0) >>> 1 : 0;
  let given = 0;
  return () => {
    if (given === count) throw new RangeError(`Only ${count} ids were asked for`);
    const start = given * UUID_SIZE_BYTES;
    return v7({ msecs, seq: first + given++, random: random.subarray(start, start + UUID_SIZE_BYTES) });
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a path segment can be an id at all; what is not one names nothing. */
export function isId(text: string): boolean {
  return UUID.test(text);
}

/** The same UUIDv5 for the same name: for what others know by a text. */
export function idOf(name: string): string {
  return v5(name, NAMESPACE);
}

/** Arbitrary but fixed. */
const NAMESPACE = '6f1d6b0e-7c55-4d0b-9b1e-2f5a4c1f7a63';
