import canonicalize from 'canonicalize';
import { leafText, type EntryLeaf } from '../../ledger/rules/entry-leaf.js';
import { leafHash, rootOfPath } from './merkle.js';
import { sealText, type SealDocument } from './seal.js';

/** A public key of Ed25519 as a JWK (RFC 8037). */
export interface PublicKey {
  kty: string;
  crv: string;
  x: string;
}

/** A seal as a party keeps it: with its signature, and the public key that made it. */
export interface SignedSeal {
  head: SealDocument;
  sha256: string;
  /** Detached JWS (RFC 7515, appendix F) over the RFC 8785 JSON of `head`. */
  signature: string;
  key: PublicKey;
}

/** That an entry is in the tree of a seal. */
export interface EntryProof extends SignedSeal {
  type: 'peerledger-entry-proof';
  entry: EntryLeaf;
  index: number;
  size: number;
  /** Hex hashes from the entry to the root. */
  path: string[];
}

/** What a file says of itself, and whether it is so. */
export interface ProofFinding {
  check: string;
  ok: boolean;
  detail: string;
}

/** Whether a seal's hash is that of its content. */
export function checkSealHash({ head, sha256 }: Pick<SignedSeal, 'head' | 'sha256'>): ProofFinding {
  const computed = sealText(head).sha256;
  const what = `ledger head ${head.number} of ${head.agreement} (${head.period})`;
  return computed === sha256
    ? { check: 'hash', ok: true, detail: `The ${what} has the SHA-256 ${sha256}, as it says.` }
    : { check: 'hash', ok: false, detail: `The ${what} says ${sha256}, but its content has ${computed}.` };
}

/** Whether an entry's path leads to a root that the seal has: its bytes say whose book and which transaction. */
export function checkInclusion(proof: EntryProof): ProofFinding {
  const { entry, head, index, size } = proof;
  const path = proof.path.map((hash) => Buffer.from(hash, 'hex'));
  const root = rootOfPath(leafHash(leafText(entry)), { index, size, path })?.toString('hex');
  const book = head.books.find(({ entries }) => entries.root === root);
  const isSealed = book !== undefined && book.entries.count === size;
  return isSealed
    ? {
        check: 'inclusion',
        ok: true,
        detail: `Entry ${entry.id} is number ${index + 1} of the ${size} entries of ${book.provider} that the head seals.`,
      }
    : {
        check: 'inclusion',
        ok: false,
        detail: `Entry ${entry.id} is not among the entries that the head seals.`,
      };
}

/** What a reporter keeps of a batch beside its receipt: how many records were stored of it, and their tree. */
export interface BatchRoot {
  type: 'peerledger-batch-root';
  agreement: string;
  reporter: string;
  batch: string;
  receivedAt: string;
  /** SHA-256 of the body that was sent, as the receipt has it. */
  sha256: string;
  records: { count: number; root: string };
}

/** A stored record as its tree has it; every member is there, absent ones as null. */
export type RecordLeaf = Record<string, string | number | boolean | null>;

/** That a record is in the tree of its batch. */
export interface RecordProof {
  type: 'peerledger-record-proof';
  record: RecordLeaf;
  index: number;
  size: number;
  path: string[];
  batch: BatchRoot;
  signature: string;
  key: PublicKey;
}

/** The RFC 8785 JSON of a record, whose bytes a batch's tree hashes. */
export function recordText(record: RecordLeaf): string {
  return canonicalize(record)!;
}

/** Whether a record's path leads to its batch's root. */
export function checkRecordInclusion({ record, batch, index, size, path }: RecordProof): ProofFinding {
  const hashes = path.map((hash) => Buffer.from(hash, 'hex'));
  const root = rootOfPath(leafHash(recordText(record)), { index, size, path: hashes })?.toString('hex');
  const ok = root === batch.records.root && size === batch.records.count;
  const what = `Record ${String(record.id)}, revision ${String(record.revision)},`;
  const detail = ok
    ? `${what} is number ${index + 1} of the ${size} that batch ${batch.batch} stored.`
    : `${what} is not among the records that batch ${batch.batch} stored.`;
  return { check: 'inclusion', ok, detail };
}
