import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** The head of one party's chain: its last transaction, and the tree of the entries since the seal before. */
export interface SealedBook {
  /** Code of the provider whose book it is. */
  provider: string;
  /** Of the last transaction; "0" and no hash while there is none. */
  sequence: string;
  sha256: string | null;
  entries: {
    /** First sequence of the tree's transactions; it ends with `sequence`. */
    from: string;
    count: number;
    /** RFC 6962 tree hash over the entries, in hex. */
    root: string;
  };
}

/**
 * What both parties of an agreement keep of its books at a statement's issue: with it, nothing up to there can
 * be rewritten without either of them being able to show it.
 */
export interface SealDocument {
  type: 'peerledger-ledger-head';
  agreement: string;
  /** From 1 without gaps, per agreement. */
  number: number;
  period: string;
  /** The statement's number. */
  statement: string;
  sealedAt: string;
  books: SealedBook[];
  previousSha256: string | null;
}

export const SEAL_TYPE = 'peerledger-ledger-head';

/** The canonical text of a seal (RFC 8785) and its SHA-256 in hex. */
export function sealText(document: SealDocument): { text: string; sha256: string } {
  const text = canonicalize(document)!;
  return { text, sha256: createHash('sha256').update(text).digest('hex') };
}

/** A seal as it is stored. */
export interface StoredSeal {
  number: number;
  text: string;
  sha256: string;
}

/** What a chain really holds where a seal says something of it. */
export interface SealedChain {
  provider: string;
  /** Hex hash of the transaction at the seal's sequence; null where there is none. */
  sha256: string | null;
  count: number;
  root: string;
}

/** What is wrong with a seal, given the one before and the chains that it seals; null where nothing is. */
export function faultInSeal(
  seal: StoredSeal,
  previous: StoredSeal | null,
  chains: readonly SealedChain[],
): string | null {
  const document = JSON.parse(seal.text) as SealDocument;
  if (sealText(document).text !== seal.text || sealText(document).sha256 !== seal.sha256)
    return 'the hash is not that of its content';
  const number = (previous?.number ?? 0) + 1;
  if (seal.number !== number || document.number !== number) return `the ledger head ${number} is missing`;
  if (document.previousSha256 !== (previous?.sha256 ?? null)) return 'it does not follow the one before it';
  return faultInBooks(document, chains);
}

/** What of the books that a seal names is not as it says. */
export function faultInBooks({ books }: SealDocument, chains: readonly SealedChain[]): string | null {
  for (const book of books) {
    const chain = chains.find(({ provider }) => provider === book.provider);
    if (!chain) return `the book of ${book.provider} is missing`;
    if (chain.sha256 !== book.sha256)
      return `the book of ${book.provider} is not what it was at transaction ${book.sequence}`;
    if (chain.count !== book.entries.count || chain.root !== book.entries.root)
      return `the entries of ${book.provider} up to transaction ${book.sequence} are not what they were`;
  }
  return null;
}
