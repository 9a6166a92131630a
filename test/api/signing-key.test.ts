import { compactVerify, importJWK } from 'jose';
import canonicalize from 'canonicalize';
import { Database } from '../../src/platform/database/index.js';
import { SigningService } from '../../src/platform/signing/index.js';
import { startMarket, type Market } from '../support/market.js';

let market: Market;
beforeEach(async () => {
  market = await startMarket();
});
afterEach(() => market?.close());

const DOCUMENT = { type: 'a test' };

/** Signs first of all inside a transaction that is then rolled back. */
async function signAndFail(kind: 'transaction' | 'snapshot'): Promise<string> {
  let signature = '';
  const failing = market.acting(Database)[kind](async (tx) => {
    // A snapshot is taken by its first statement.
    await tx.query('SELECT 1');
    signature = await market.get(SigningService).sign(DOCUMENT);
    expect((await market.get(SigningService).publicKeys()).keys).toHaveLength(1);
    throw new Error('rolled back');
  });
  await expect(failing).rejects.toThrow('rolled back');
  return signature;
}

it.each(['transaction', 'snapshot'] as const)(
  'is not lost with a %s that is rolled back after it signed first',
  async (kind) => {
    const signature = await signAndFail(kind);
    const { body } = await market.request('GET', '/.well-known/peerledger-keys.json');
    const [key] = body.keys;
    const [header, , seal] = signature.split('.');
    const payload = Buffer.from(canonicalize(DOCUMENT)!).toString('base64url');
    const whole = `${header}.${payload}.${seal}`;
    await expect(compactVerify(whole, await importJWK(key, 'EdDSA'))).resolves.toBeDefined();
    expect(await market.get(SigningService).sign(DOCUMENT)).toBe(signature);
  },
);
