import { createHash } from 'node:crypto';

/** Where a leaf stands in a tree, and the hashes from it to the root, from the bottom up. */
export interface InclusionPath {
  index: number;
  size: number;
  path: Buffer[];
}

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);
const HASH_BYTES = 32;

/** The hash of a leaf (RFC 6962, section 2.1): of a zero byte and the leaf's UTF-8 bytes. */
export function leafHash(leaf: string): Buffer {
  return createHash('sha256').update(LEAF).update(leaf, 'utf8').digest();
}

/** Leaf hashes in their order: an array of them, or something more compact. */
export interface LeafHashes {
  readonly length: number;
  at(index: number): Buffer | undefined;
}

/** Many leaf hashes in little memory: 32 bytes each. */
export class PackedHashes implements LeafHashes {
  private bytes = Buffer.alloc(1024 * HASH_BYTES);
  length = 0;

  push(hash: Buffer): void {
    const end = (this.length + 1) * HASH_BYTES;
    if (end > this.bytes.length) this.bytes = Buffer.concat([this.bytes, Buffer.alloc(this.bytes.length)]);
    hash.copy(this.bytes, end - HASH_BYTES);
    this.length += 1;
  }

  at(index: number): Buffer | undefined {
    return index < this.length
      ? this.bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)
      : undefined;
  }
}

/** The root of a tree of leaf hashes (RFC 6962, section 2.1); of no leaves it is the hash of nothing. */
export function merkleRoot(leaves: LeafHashes): Buffer {
  return leaves.length === 0 ? createHash('sha256').digest() : rootOf(leaves, 0, leaves.length);
}

/** The path that proves that the leaf at `index` is in the tree (RFC 6962, section 2.1.1). */
export function inclusionPath(leaves: LeafHashes, index: number): InclusionPath {
  if (!(Number.isInteger(index) && index >= 0 && index < leaves.length))
    throw new RangeError(`No leaf ${index} in a tree of ${leaves.length}`);
  return { index, size: leaves.length, path: pathIn(leaves, index, 0, leaves.length) };
}

/** The root over the leaves of `[from, to)`, of which there is at least one. */
function rootOf(leaves: LeafHashes, from: number, to: number): Buffer {
  if (to - from === 1) return leaves.at(from)!;
  const middle = from + splitOf(to - from);
  return nodeHash(rootOf(leaves, from, middle), rootOf(leaves, middle, to));
}

function pathIn(leaves: LeafHashes, index: number, from: number, to: number): Buffer[] {
  if (to - from === 1) return [];
  const middle = from + splitOf(to - from);
  return index < middle
    ? [...pathIn(leaves, index, from, middle), rootOf(leaves, middle, to)]
    : [...pathIn(leaves, index, middle, to), rootOf(leaves, from, middle)];
}

/** The root that a leaf's hash and its path come to (RFC 9162, section 2.1.3.2), or null: not such a path. */
export function rootOfPath(leaf: Buffer, { index, size, path }: InclusionPath): Buffer | null {
  if (!(Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size)) return null;
  let [at, last] = [BigInt(index), BigInt(size - 1)];
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0n) return null;
    if (at % 2n === 1n || at === last) {
      hash = nodeHash(sibling, hash);
      while (at % 2n === 0n && at !== 0n) [at, last] = [at / 2n, last / 2n];
    } else hash = nodeHash(hash, sibling);
    [at, last] = [at / 2n, last / 2n];
  }
  return last === 0n ? hash : null;
}

function nodeHash(left: Buffer, right: Buffer): Buffer {
  return createHash('sha256').update(NODE).update(left).update(right).digest();
}

/** The largest power of two below a size of at least 2. */
function splitOf(size: number): number {
  return 2 ** Math.floor(Math.log2(size - 1));
}
