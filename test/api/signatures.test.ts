import { execFile } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompactSign, exportJWK } from 'jose';
import { UsageError, verifyFile } from '../../src/platform/proof/index.js';
import { statementCheck } from '../../src/settlement/index.js';
import { expectProblem, type TestAnswer } from '../support/api.js';
import { expectStatus, startMarket, type Deal, type Market } from '../support/market.js';

let market: Market;
let deal: Deal;
let statement: any;

beforeAll(async () => {
  market = await startMarket({ worker: true });
});

beforeEach(async () => {
  deal = await market.deal();
  statement = await market.closePeriod(deal);
});

afterAll(() => market.close());

const get = (path: string, key = deal.a.key): Promise<TestAnswer> => market.request('GET', path, { key });
const of = (end: string): string => `/v1/statements/${statement.id}${end}`;

async function newKey(): Promise<{ privateKey: KeyObject; registered: any }> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const path = `/v1/providers/${deal.a.code}/signing-keys`;
  const body = await exportJWK(publicKey);
  return {
    privateKey,
    registered: expectStatus(await market.request('POST', path, { key: deal.a.key, body }), 201).body,
  };
}

async function sign(payload: Buffer, privateKey: KeyObject, kid: string): Promise<string> {
  const jws = await new CompactSign(payload).setProtectedHeader({ alg: 'EdDSA', kid }).sign(privateKey);
  const [header, , signature] = jws.split('.');
  return `${header}..${signature}`;
}

async function accept(body: object): Promise<TestAnswer> {
  const etag = (await get(of(''))).headers.get('etag')!;
  return market.request('POST', of('/accept'), { key: deal.a.key, body, headers: { 'If-Match': etag } });
}

const folder = mkdtempSync(join(tmpdir(), 'signatures-'));
function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('an issued statement', () => {
  it('is signed by the service, and by a party that accepts it, which anyone can check with no server', async () => {
    const { privateKey, registered } = await newKey();
    const file = await get(of('.json'));
    const signature = await sign(file.bytes, privateKey, registered.kid);
    expectStatus(await accept({ signature }), 200);
    const answer = expectStatus(await get(of('/signatures'), deal.b.key), 200);
    expect(answer.body).toMatchObject({
      statement: statement.id,
      sha256: statement.sha256,
      signatures: [{ signer: null }, { signer: deal.a.code, kid: registered.kid, jws: signature }],
    });
    const service = (await get('/.well-known/peerledger-keys.json')).body.keys;
    const partys = expectStatus(await get(`/v1/providers/${deal.a.code}/signing-keys`, deal.b.key), 200).body
      .keys;
    const path = write('statement.json', file.bytes);
    const options = {
      signaturesPath: write('signatures.json', answer.bytes),
      keysPath: write('keys.json', JSON.stringify({ keys: [...service, ...partys] })),
    };
    const { kind, findings } = await verifyFile(path, [statementCheck], options);
    expect(kind).toBe('a statement');
    expect(findings.map(({ check, ok }) => [check, ok])).toEqual([
      ['hash', true],
      ['signature of the service', true],
      [`signature of ${deal.a.code}`, true],
    ]);
    // Laid out anew it is the same statement; with another figure it is not.
    const pretty = write('pretty.json', JSON.stringify(file.body, null, 2));
    expect((await verifyFile(pretty, [statementCheck], options)).findings.every(({ ok }) => ok)).toBe(true);
    const forged = write('forged.json', JSON.stringify({ ...file.body, payableByA: '1.00' }));
    expect((await verifyFile(forged, [statementCheck], options)).findings.some(({ ok }) => ok)).toBe(false);
    const untrusted = { ...options, keysPath: write('some.json', JSON.stringify({ keys: partys })) };
    const some = (await verifyFile(path, [statementCheck], untrusted)).findings;
    expect(some.map(({ ok }) => ok)).toEqual([true, false, true]);
  });

  it('takes no signature but of its own bytes by a registered key, and then is not accepted', async () => {
    const { privateKey, registered } = await newKey();
    const { bytes } = await get(of('.json'));
    const stranger = generateKeyPairSync('ed25519').privateKey;
    for (const signature of [
      await sign(Buffer.from('another text'), privateKey, registered.kid),
      await sign(bytes, stranger, registered.kid),
      await sign(bytes, privateKey, 'unknown'),
      'no jws',
      '..',
    ]) {
      const refused = await accept({ signature });
      expectProblem(refused, 422, 'signature_invalid');
      expect(refused.body.errors[0].pointer).toBe('/signature');
    }
    expect((await get(of('/history'))).body.acceptedBy).toEqual([]);
    expect((await get(of('/signatures'))).body.signatures).toHaveLength(1);
  });
});

describe('a provider’s signing keys', () => {
  it('are public keys, each once, registered by itself', async () => {
    const { registered } = await newKey();
    const path = `/v1/providers/${deal.a.code}/signing-keys`;
    const { kty, crv, x } = registered;
    expectStatus(await market.request('POST', path, { key: deal.a.key, body: { kty, crv, x } }), 201);
    expect((await get(path, deal.b.key)).body.keys).toHaveLength(1);
    expectProblem(
      await market.request('POST', path, { key: deal.b.key, body: { kty, crv, x } }),
      404,
      'provider_not_found',
    );
    const wrong = await market.request('POST', path, {
      key: deal.a.key,
      body: { kty, crv: 'P-256', x: 'short' },
    });
    expectProblem(wrong, 422, 'validation_failed');
  });
});

describe('a revoked signing key', () => {
  const path = (kid = ''): string => `/v1/providers/${deal.a.code}/signing-keys${kid && `/${kid}`}`;
  const revoke = (kid: string, key = deal.a.key) => market.request('DELETE', path(kid), { key });

  it('signs nothing any more, and what it signed before stays valid', async () => {
    const { privateKey, registered } = await newKey();
    const file = await get(of('.json'));
    const signature = await sign(file.bytes, privateKey, registered.kid);
    expectStatus(await accept({ signature }), 200);
    const revoked = expectStatus(await revoke(registered.kid), 200).body;
    expect(revoked).toEqual({ ...registered, revokedAt: expect.any(String) });
    expect(expectStatus(await revoke(registered.kid), 200).body).toEqual(revoked);
    const listed = expectStatus(await get(path(), deal.b.key), 200).body;
    expect(listed.keys).toEqual([revoked]);
    const answer = await get(of('/signatures'));
    const service = (await get('/.well-known/peerledger-keys.json')).body.keys;
    const keysPath = write('revoked.json', JSON.stringify({ keys: [...service, ...listed.keys] }));
    const verify = async (signatures: object): Promise<boolean[]> => {
      const signaturesPath = write('signed.json', JSON.stringify(signatures));
      const of = { signaturesPath, keysPath };
      return (await verifyFile(write('statement.json', file.bytes), [statementCheck], of)).findings.map(
        ({ ok }) => ok,
      );
    };
    expect(await verify(answer.body)).toEqual([true, true, true]);
    const later = structuredClone(answer.body);
    later.signatures[1].signedAt = revoked.revokedAt;
    expect(await verify(later)).toEqual([true, true, false]);
    statement = await market.closePeriod(deal, '2025-04');
    const next = await sign((await get(of('.json'))).bytes, privateKey, registered.kid);
    expectProblem(await accept({ signature: next }), 422, 'signature_invalid');
    const { kty, crv, x } = registered;
    const again = await market.request('POST', path(), { key: deal.a.key, body: { kty, crv, x } });
    expectProblem(again, 409, 'signing_key_revoked');
  });

  it('is revoked by its provider or the operator alone', async () => {
    const { registered } = await newKey();
    expectProblem(await revoke(registered.kid, deal.b.key), 404, 'provider_not_found');
    expectProblem(await revoke('unknown'), 404, 'signing_key_not_found');
    expectStatus(await revoke(registered.kid, market.operatorKey), 200);
  });
});

describe('peerledger verify', () => {
  const run = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
    new Promise((resolve) =>
      execFile(process.execPath, ['bin/peerledger.js', ...args], (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
      ),
    );

  it('says what holds, by its exit code too', async () => {
    const { bytes, body } = await get(of('.json'));
    const good = await run('verify', write('good.json', bytes));
    expect(good).toMatchObject({ code: 0, stderr: '' });
    expect(good.stdout).toContain(`ok      hash: ${statement.number} has the SHA-256 ${statement.sha256}`);
    const bad = await run('verify', write('bad.json', JSON.stringify({ ...body, currency: 'EUR' })));
    expect(bad.code).toBe(1);
    expect(bad.stdout).toContain('FAILED  hash');
    const mistaken = await run('verify', write('text.json', 'no JSON'));
    expect(mistaken).toMatchObject({ code: 2, stdout: '' });
    expect(mistaken.stderr).toContain('does not hold a JSON object');
    expect((await run('frobnicate')).code).toBe(2);
  });

  it('takes no file that two readers may read differently', async () => {
    const text = (await get(of('.json'))).bytes.toString('utf8');
    const twice = write('twice.json', text.replace('"currency":', '"currency":"EUR","currency":'));
    const ambiguous = /twice\.json may be read in more than one way: .*"currency" appears twice/;
    await expect(verifyFile(twice, [statementCheck], {})).rejects.toThrow(ambiguous);
  });

  it('knows no other kind of file', async () => {
    const other = write('other.json', '{"a": 1}');
    await expect(verifyFile(other, [statementCheck], {})).rejects.toThrow(UsageError);
  });
});
