const SAFE = Number.MAX_SAFE_INTEGER;

/** Exact sums of bytes and numbers of records, found by a number that stands for their key. */
export class CountedSums<Key> {
  private readonly byNumber = new Map<number, number>();
  private readonly keys: Key[] = [];
  private bytes = new Float64Array(1_024);
  private records = new Float64Array(1_024);
  /** What a double could not hold on to. */
  private readonly carried = new Map<number, bigint>();

  get size(): number {
    return this.keys.length;
  }

  /** The sum for a number, or -1 where there is none yet. */
  find(number: number): number {
    return this.byNumber.get(number) ?? -1;
  }

  /** A new sum of nothing. */
  open(number: number, key: Key): number {
    const sum = this.keys.length;
    this.byNumber.set(number, sum);
    this.keys.push(key);
    if (sum === this.bytes.length) {
      this.bytes = enlarged(this.bytes);
      this.records = enlarged(this.records);
    }
    return sum;
  }

  /** Counts a record of so many bytes, which a double holds exactly. */
  add(sum: number, bytes: number): void {
    const total = this.bytes[sum]! + bytes;
    if (total <= SAFE) {
      this.bytes[sum] = total;
    } else {
      this.carried.set(sum, (this.carried.get(sum) ?? 0n) + BigInt(this.bytes[sum]!));
      this.bytes[sum] = bytes;
    }
    this.records[sum]! += 1;
  }

  /** Every sum that has a record, with its key. */
  *totals(): Generator<Key & { bytes: bigint; records: number }> {
    for (const [sum, key] of this.keys.entries()) {
      const records = this.records[sum]!;
      if (records === 0) continue;
      yield { ...key, bytes: BigInt(this.bytes[sum]!) + (this.carried.get(sum) ?? 0n), records };
    }
  }
}

function enlarged(array: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(array.length * 2);
  larger.set(array);
  return larger;
}
