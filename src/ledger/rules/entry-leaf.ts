import canonicalizeModule from 'canonicalize';
import type { CanonicalTransaction } from './transaction.js';

// The package is CommonJS with types for a default export, which the two module systems see differently.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string;

/** An entry with all that its transaction says of it, which is what a proof is about. */
export interface EntryLeaf {
  id: string;
  position: number;
  [member: string]: unknown;
}

/** The entries of a transaction's canonical text, in their order, each with what they have in common. */
export function entryLeaves(canonical: string): EntryLeaf[] {
  const { entries, id, ...common } = JSON.parse(canonical) as CanonicalTransaction & Record<string, unknown>;
  return entries.map((entry) => ({ ...common, transaction: id, ...(entry as unknown as EntryLeaf) }));
}

/** The RFC 8785 JSON of a leaf, whose bytes a tree hashes. */
export function leafText(leaf: EntryLeaf): string {
  return canonicalize(leaf);
}
