import { CompactSign, exportJWK, generateKeyPair } from 'jose';
import canonicalize from 'canonicalize';
import { entryProofCheck, ledgerHeadCheck, recordProofCheck } from '../../../src/integrity/file-checks.js';
import { inclusionPath, leafHash, merkleRoot } from '../../../src/integrity/rules/merkle.js';
import { SEAL_TYPE, sealText, type SealDocument } from '../../../src/integrity/rules/seal.js';
import { statementCheck } from '../../../src/settlement/statement-check.js';
import { hashOfStatementFile } from '../../../src/settlement/rules/statement-check.js';

/* Files that a party kept, and everything that somebody may do to them. */

const CHECKS = [statementCheck, ledgerHeadCheck, entryProofCheck, recordProofCheck];
const HASH = 'ab'.repeat(32);
type Json = Record<string, any>;

const entries: Json[] = ['e-1', 'e-2', 'e-3'].map((id) => ({
  id,
  amount: '100',
  source: { kind: 'payment' },
}));
const records: Json[] = ['r-1', 'r-2'].map((id) => ({
  id,
  revision: 0,
  bytes: '5',
  void: false,
  customer: null,
}));
const leavesOf = (items: Json[]) => items.map((item) => leafHash(canonicalize(item)!));
const rootOf = (items: Json[]) => merkleRoot(leavesOf(items)).toString('hex');

const head: SealDocument = {
  type: SEAL_TYPE,
  agreement: 'alpha-beta',
  number: 1,
  period: '2026-10',
  statement: 'alpha-beta-0001',
  sealedAt: '2026-11-06T00:00:00Z',
  books: [
    {
      provider: 'alpha',
      sequence: '2',
      sha256: HASH,
      entries: { from: '1', count: 3, root: rootOf(entries) },
    },
    { provider: 'beta', sequence: '0', sha256: null, entries: { from: '1', count: 0, root: rootOf([]) } },
  ],
  previousSha256: null,
};
const batch = {
  type: 'peerledger-batch-root',
  agreement: 'alpha-beta',
  reporter: 'alpha',
  batch: 'b-1',
  receivedAt: '2026-11-01T00:00:00Z',
  sha256: HASH,
  records: { count: 2, root: rootOf(records) },
};

let files: Record<'head' | 'entry' | 'record' | 'statement', Json>;

beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  const { kty, crv, x } = await exportJWK(publicKey);
  const sign = async (document: object): Promise<Json> => {
    const payload = new TextEncoder().encode(canonicalize(document));
    const jws = await new CompactSign(payload).setProtectedHeader({ alg: 'EdDSA' }).sign(privateKey);
    return { signature: jws.replace(/\.[^.]*\./, '..'), key: { kty, crv, x } };
  };
  const placeOf = (items: Json[], index: number): Json => {
    const { path, ...place } = inclusionPath(leavesOf(items), index);
    return { ...place, path: path.map((hash) => hash.toString('hex')) };
  };
  const sealed = { head, sha256: sealText(head).sha256, ...(await sign(head)) };
  const statement = { number: 'alpha-beta-0001', lines: [{ amount: '1.00' }] };
  files = {
    head: sealed,
    entry: { type: 'peerledger-entry-proof', entry: entries[1], ...placeOf(entries, 1), ...sealed },
    record: {
      ...{ type: 'peerledger-record-proof', record: records[0], ...placeOf(records, 0), batch },
      ...(await sign(batch)),
    },
    statement: { ...statement, sha256: hashOfStatementFile(statement) },
  };
});

/** What the command would say: whether all holds, or null where it knows no such file. */
async function holds(content: Json): Promise<boolean | null> {
  const check = CHECKS.find((each) => each.recognises(content));
  if (!check) return null;
  return (await check.check(content, { keys: [], signatures: null })).every(({ ok }) => ok);
}

/** Every copy of a value in which one thing at any depth is another, is missing, or is there beside the rest. */
function* changed(value: any): Generator<any> {
  const flipped = typeof value === 'string' ? [`${value}0`, value.replace(/^./, '~')] : [];
  for (const other of [...flipped, 7, 'text', true, null, {}, [], [null]])
    if (JSON.stringify(other) !== JSON.stringify(value)) yield other;
  if (typeof value !== 'object' || value === null) return;
  for (const name of Object.keys(value)) {
    for (const other of changed(value[name]))
      yield Array.isArray(value) ? value.with(Number(name), other) : { ...value, [name]: other };
    yield Array.isArray(value)
      ? value.toSpliced(Number(name), 1)
      : Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
  }
  yield Array.isArray(value) ? [...value, 'more'] : { ...value, more: 'of it' };
}

const KINDS = ['head', 'entry', 'record', 'statement'] as const;

test.each(KINDS)('%s: whatever is changed, it does not hold, and nothing is thrown', async (kind) => {
  expect(await holds(files[kind])).toBe(true);
  for (const content of changed(files[kind])) {
    if (typeof content !== 'object' || content === null || Array.isArray(content)) continue;
    // What a key says of itself beside its bytes is the key's own affair.
    if (content.key?.more) continue;
    const verdict = await holds(content);
    if (verdict) throw new Error(`It holds all the same: ${JSON.stringify(content)}`);
  }
});

test('a proof that is called a ledger head vouches for no entry', async () => {
  const { type: _, ...untyped } = files.entry;
  expect(await ledgerHeadCheck.check(untyped, { keys: [], signatures: null })).toContainEqual({
    check: 'form',
    ok: false,
    detail: 'The file also has "entry", for which nothing in it vouches.',
  });
});
