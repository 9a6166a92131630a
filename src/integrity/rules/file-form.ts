type Content = Record<string, unknown>;

const SEAL_MEMBERS = ['head', 'sha256', 'signature', 'key'];
const PATH_MEMBERS = ['type', 'index', 'size', 'path'];
const ENTRY_PROOF_MEMBERS = [...SEAL_MEMBERS, ...PATH_MEMBERS, 'entry'];
const RECORD_PROOF_MEMBERS = [...PATH_MEMBERS, 'record', 'batch', 'signature', 'key'];

/*
 * What is wrong with the form of a file, in a sentence, or null. Files come from anybody, so none is read before it is
 * known to be what it says; and what no hash in it covers must not stand in it, since a reader would believe it.
 */

export function formFaultInHead(content: Content): string | null {
  return strangerIn(content, SEAL_MEMBERS) ?? faultInBooks(content.head);
}

export function formFaultInEntryProof(content: Content): string | null {
  return (
    strangerIn(content, ENTRY_PROOF_MEMBERS) ??
    faultInBooks(content.head) ??
    faultInPath(content.path) ??
    (isObject(content.entry) ? null : 'The entry is missing.')
  );
}

export function formFaultInRecordProof(content: Content): string | null {
  const { batch } = content;
  return (
    strangerIn(content, RECORD_PROOF_MEMBERS) ??
    faultInPath(content.path) ??
    (isObject(content.record) ? null : 'The record is missing.') ??
    (isObject(batch) && isObject(batch.records) ? null : 'The batch has no root.')
  );
}

function strangerIn(content: Content, known: readonly string[]): string | null {
  const stranger = Object.keys(content).find((name) => !known.includes(name));
  return stranger === undefined
    ? null
    : `The file also has ${JSON.stringify(stranger)}, for which nothing in it vouches.`;
}

function faultInBooks(head: unknown): string | null {
  const books = isObject(head) ? head.books : null;
  const isSound = Array.isArray(books) && books.every((book) => isObject(book) && isObject(book.entries));
  return isSound ? null : 'The books of the head are missing, or not all there.';
}

function faultInPath(path: unknown): string | null {
  const isHash = (hash: unknown): boolean => typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash);
  return Array.isArray(path) && path.every(isHash) ? null : 'The path is no list of SHA-256 hashes in hex.';
}

function isObject(value: unknown): value is Content {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
