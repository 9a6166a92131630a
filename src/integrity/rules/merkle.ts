import { createHash } from 'node:crypto';

/** Where a leaf stands in a tree, and the hashes from it to the root, from the bottom up. */
export interface InclusionPath {
  index: number;
  size: number;
  path: Buffer[];
}

const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

/** The hash of a leaf (RFC 6962, section 2.1): of a zero byte and the leaf's UTF-8 bytes. */
export function leafHash(leaf: string): Buffer {
  return createHash('sha256').update(LEAF).update(leaf, 'utf8').digest();
}

/** The root of a tree of leaf hashes (RFC 6962, section 2.1); of no leaves it is the hash of nothing. */
export function merkleRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return createHash('sha256').digest();
  if (leaves.length === 1) return leaves[0]!;
  const half = splitOf(leaves.length);
  return nodeHash(merkleRoot(leaves.slice(0, half)), merkleRoot(leaves.slice(half)));
}

/** The path that proves that the leaf at `index` is in the tree (RFC 6962, section 2.1.1). */
export function inclusionPath(leaves: readonly Buffer[], index: number): InclusionPath {
  if (!(Number.isInteger(index) && index >= 0 && index < leaves.length))
    throw new RangeError(`No leaf ${index} in a tree of ${leaves.length}`);
  return { index, size: leaves.length, path: pathIn(leaves, index) };
}

function pathIn(leaves: readonly Buffer[], index: number): Buffer[] {
  if (leaves.length === 1) return [];
  const half = splitOf(leaves.length);
  return index < half
    ? [...pathIn(leaves.slice(0, half), index), merkleRoot(leaves.slice(half))]
    : [...pathIn(leaves.slice(half), index - half), merkleRoot(leaves.slice(0, half))];
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
