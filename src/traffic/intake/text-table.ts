import { randomInt } from 'node:crypto';
import { asciiAt } from './scanned-record.js';

/** FNV-1a on signed words, begun at random: nobody can choose texts that all fall on one place. */
const FNV_OFFSET = randomInt(2 ** 32) | 0;
const FNV_PRIME = 0x01000193;

/** Numbers the different texts of a batch from 0, so that sums are found by numbers. Never forgets one. */
export class TextTable {
  readonly texts: string[] = [];
  private bytes = new Uint8Array(64 * 1024);
  private used = 0;
  /** Of each text: where it lies in `bytes`. */
  private starts = new Int32Array(1_024);
  private hashes = new Int32Array(1_024);
  /** Open addressing: number + 1, or 0 where there is none. */
  private slots = new Int32Array(4_096);

  get size(): number {
    return this.texts.length;
  }

  /** The number of a text that lies in a body; a new one when it is seen first. */
  numberOf(source: Uint8Array, from: number, to: number): number {
    let hash = FNV_OFFSET;
    for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ source[at]!, FNV_PRIME);
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const number = this.slots[slot]! - 1;
      if (number < 0) return this.add(source, from, to, hash, slot);
      if (this.hashes[number] === hash && this.isAt(number, source, from, to)) return number;
    }
  }

  private isAt(number: number, source: Uint8Array, from: number, to: number): boolean {
    const start = this.starts[number]!;
    if (this.starts[number + 1]! - start !== to - from) return false;
    for (let at = from; at < to; at += 1) if (this.bytes[start + at - from] !== source[at]) return false;
    return true;
  }

  private add(source: Uint8Array, from: number, to: number, hash: number, slot: number): number {
    const number = this.texts.length;
    this.slots[slot] = number + 1;
    this.texts.push(asciiAt(source, from, to));
    if (number + 2 > this.starts.length) {
      this.starts = enlarged(this.starts);
      this.hashes = enlarged(this.hashes);
    }
    while (this.used + to - from > this.bytes.length) {
      const larger = new Uint8Array(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(source.subarray(from, to), this.used);
    this.hashes[number] = hash;
    this.starts[number] = this.used;
    this.used += to - from;
    this.starts[number + 1] = this.used;
    if (this.texts.length * 2 > this.slots.length) this.spread();
    return number;
  }

  private spread(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    this.texts.forEach((_, number) => {
      let slot = this.hashes[number]! & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = number + 1;
    });
  }
}

function enlarged(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
