import fc from 'fast-check';
import {
  inclusionPath,
  leafHash,
  merkleRoot,
  PackedHashes,
  rootOfPath,
} from '../../../src/integrity/rules/merkle.js';

// The tree of the test vectors of Certificate Transparency (RFC 6962), leaves as bytes below 0x80 only.
const hex = (buffer: Buffer | null) => buffer?.toString('hex');

describe('the tree', () => {
  test('of nothing and of an empty leaf is as in RFC 6962', () => {
    expect(hex(merkleRoot([]))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(hex(merkleRoot([leafHash('')]))).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
  });

  test('of two leaves is the hash of both', () => {
    // The second leaf of the vectors is one zero byte.
    const leaves = [leafHash(''), leafHash('\u0000')];
    expect(hex(merkleRoot(leaves))).toBe('fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125');
  });

  test.each(Array.from({ length: 33 }, (_, size) => size + 1))('of %i leaves proves each of them', (size) => {
    const leaves = Array.from({ length: size }, (_, index) => leafHash(`leaf ${index}`));
    const root = merkleRoot(leaves);
    leaves.forEach((leaf, index) => expect(rootOfPath(leaf, inclusionPath(leaves, index))).toEqual(root));
  });

  test('whatever is changed about a proof, it does not prove', () => {
    const anyTree = fc.integer({ min: 2, max: 70 }).chain((size) =>
      fc.record({
        size: fc.constant(size),
        index: fc.nat(size - 1),
        other: fc.nat(size - 1),
        bit: fc.nat(255),
      }),
    );
    fc.assert(
      fc.property(anyTree, ({ size, index, other, bit }) => {
        const leaves = Array.from({ length: size }, (_, at) => leafHash(`leaf ${at}`));
        const root = merkleRoot(leaves);
        const proof = inclusionPath(leaves, index);
        if (other !== index) expect(rootOfPath(leaves[other]!, proof)).not.toEqual(root);
        if (other !== index) expect(rootOfPath(leaves[index]!, { ...proof, index: other })).not.toEqual(root);
        expect(rootOfPath(leaves[index]!, { ...proof, path: proof.path.slice(1) })).not.toEqual(root);
        expect(rootOfPath(leaves[index]!, { ...proof, path: [...proof.path, root] })).not.toEqual(root);
        const flipped = proof.path.map((hash) => Buffer.from(hash));
        const hash = flipped[bit % flipped.length]!;
        hash[bit % 32]! ^= 1;
        expect(rootOfPath(leaves[index]!, { ...proof, path: flipped })).not.toEqual(root);
      }),
    );
  });

  test('is the same of packed hashes', () => {
    const leaves = Array.from({ length: 2050 }, (_, at) => leafHash(`leaf ${at}`));
    const packed = new PackedHashes();
    for (const leaf of leaves) packed.push(leaf);
    expect(merkleRoot(packed)).toEqual(merkleRoot(leaves));
    expect(inclusionPath(packed, 2049)).toEqual(inclusionPath(leaves, 2049));
  });

  test('an index outside of it is refused', () => {
    expect(() => inclusionPath([leafHash('')], 1)).toThrow(RangeError);
    expect(rootOfPath(leafHash(''), { index: 1, size: 1, path: [] })).toBeNull();
  });
});
