import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import canonicalize from 'canonicalize';
import { compactVerify, importJWK, type JWK } from 'jose';
import { expectStatus, hourly, startMarket, type Deal, type Market } from '../support/market.js';

let market: Market;
beforeAll(async () => {
  market = await startMarket();
});
afterAll(() => market.close());

/** Checks a receipt with nothing but the published keys, as a reporter's auditor would. */
async function verify({ signature, ...receipt }: any, from: Market = market): Promise<string> {
  const { keys } = (await from.request('GET', '/.well-known/peerledger-keys.json')).body as { keys: JWK[] };
  const [header, , value] = signature.split('.');
  const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString());
  const payload = Buffer.from(canonicalize(receipt)!).toString('base64url');
  await compactVerify(
    `${header}.${payload}.${value}`,
    await importJWK(
      keys.find((key) => key.kid === kid)!,
      'EdDSA',
    ),
  );
  return kid;
}

async function deliver(deal: Deal, from: Market = market): Promise<any> {
  return (await from.take(deal, deal.a, [hourly('one', '05T01', '9007199254740993')])).body;
}

test('a receipt can be verified with the published keys, and a changed one cannot', async () => {
  const receipt = await deliver(await market.deal());
  await expect(verify(receipt)).resolves.toEqual(expect.any(String));
  await expect(verify({ ...receipt, totalBytes: '9007199254740992' })).rejects.toThrow();
  await expect(verify({ ...receipt, receivedAt: '2020-01-01T00:00:00Z' })).rejects.toThrow();
});

test('a receipt that is read later, alone or in the list, is the same to the byte', async () => {
  const deal = await market.deal();
  const receipt = await deliver(deal);
  const where = `/v1/agreements/${deal.code}/batches`;
  const alone = expectStatus(await market.request('GET', `${where}/${receipt.id}`, { key: deal.a.key }), 200);
  const listed = expectStatus(await market.request('GET', where, { key: deal.a.key }), 200);
  expect(alone.body).toEqual(receipt);
  expect(listed.body.data).toEqual([receipt]);
});

test('the key set names no private part', async () => {
  const { text, body } = await market.request('GET', '/.well-known/peerledger-keys.json');
  expect(body.keys[0]).toEqual({
    kty: 'OKP',
    crv: 'Ed25519',
    x: expect.any(String),
    kid: expect.any(String),
    alg: 'EdDSA',
    use: 'sig',
  });
  expect(text).not.toContain('"d"');
});

test('a configured key signs, and what an earlier key signed still verifies', async () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const other = await startMarket({ environment: { SIGNING_KEY: pem } });
  try {
    const before = await verify(await deliver(await market.deal()));
    const configured = await verify(await deliver(await other.deal(), other), other);
    expect(configured).not.toBe(before);
  } finally {
    await other.close();
  }
});
