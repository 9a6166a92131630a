import { createHmac } from 'node:crypto';
import { exportSPKI, importJWK, SignJWT, UnsecuredJWT, type CryptoKey } from 'jose';
import { expectProblem, startApi, type TestAnswer, type TestApi } from '../support/api.js';
import { TestIssuer, type IssuerKey } from '../support/issuer.js';
import { until } from '../support/until.js';

let issuer: TestIssuer;
let api: TestApi;
let key: IssuerKey;

beforeAll(async () => {
  issuer = await TestIssuer.start();
  key = await issuer.key('ES256');
  api = await startApi(undefined, { environment: issuer.environment });
  await api.provider('acme');
});
afterAll(async () => {
  await api?.close();
  await issuer?.stop();
});

const ACME = { provider: 'acme', scope: 'openid prices:write' };

const get = (token: string, path = '/v1/providers/acme/list-prices'): Promise<TestAnswer> =>
  api.request('GET', path, { key: token });

/** Refused with 401, with this in the reason, and with nothing of the token. */
function expectRefused(answer: TestAnswer, reason: RegExp): void {
  expectProblem(answer, 401, 'unauthenticated');
  expect(answer.body.detail).toMatch(reason);
  expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="peerledger", error="invalid_token"');
  expect(answer.text).not.toContain('eyJ');
}

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

describe('an access token', () => {
  it('has the scopes that it names, for its provider', async () => {
    const token = await issuer.token(key, ACME);
    expect((await get(token)).status).toBe(200);
    expectProblem(await get(token, '/v1/providers/acme/api-keys'), 403, 'insufficient_scope');
    await api.provider('neighbour');
    expectProblem(await get(token, '/v1/providers/neighbour/list-prices'), 404, 'provider_not_found');
  });

  it('may be the operator’s, by the scope and without a provider', async () => {
    const operator = await issuer.token(key, { scope: 'operator' });
    expect((await get(operator, '/v1/providers/acme/api-keys')).status).toBe(200);
    const both = await issuer.token(key, { scope: 'operator', provider: 'acme' });
    expectRefused(await get(both), /cannot have the scope operator/);
    expectRefused(await get(await issuer.token(key, { scope: 'traffic:read' })), /no claim provider/);
  });

  it('grants no more than it has itself', async () => {
    const token = await issuer.token(key, { provider: 'acme', scope: 'keys:write traffic:read' });
    const make = (scopes: string[]) =>
      api.request('POST', '/v1/providers/acme/api-keys', { key: token, body: { name: 'by token', scopes } });
    expect((await make(['traffic:read'])).status).toBe(201);
    expectProblem(await make(['traffic:write']), 403, 'scope_not_grantable');
  });

  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('may be signed with %s', async (alg) => {
    const other = await issuer.key(alg);
    const answer = await until(`${alg} is known`, async () => {
      const tried = await get(await issuer.token(other, ACME));
      return tried.status === 200 && tried;
    });
    expect(answer.status).toBe(200);
  });

  it.each([
    ['of another issuer', { iss: 'http://127.0.0.1:1' }, /claim iss/],
    ['for another audience', { aud: ['somebody-else'] }, /claim aud/],
    ['without an audience', { aud: undefined }, /claim aud/],
    ['without an expiry', { exp: undefined }, /claim exp/],
    ['without a subject', { sub: undefined }, /claim sub/],
    ['with an expiry that is no number', { exp: 'never' as never }, /claim exp/],
    ['that has expired', { exp: inSeconds(-31) }, /expired/],
    ['that is not valid yet', { nbf: inSeconds(60) }, /claim nbf/],
    ['of a provider that is not here', { provider: 'nobody' }, /not registered/],
    ['of a provider with NUL in it', { provider: 'ac\0me' }, /no provider's code/],
    ['of a provider that is no text', { provider: 7 }, /no provider's code/],
    ['without scopes', { scope: undefined }, /no claim scope/],
  ])('%s is refused', async (_, claims, reason) => {
    expectRefused(await get(await issuer.token(key, { ...ACME, ...claims })), reason);
  });

  it('is given some seconds for clocks that differ, and no more', async () => {
    expect((await get(await issuer.token(key, { ...ACME, exp: inSeconds(-10) }))).status).toBe(200);
    expect((await get(await issuer.token(key, { ...ACME, nbf: inSeconds(20) }))).status).toBe(200);
  });

  it('may name this audience among others, and expire when no clock goes', async () => {
    const token = await issuer.token(key, {
      ...ACME,
      aud: ['other', 'peerledger'],
      exp: Number.MAX_SAFE_INTEGER,
    });
    expect((await get(token)).status).toBe(200);
  });

  it('of another purpose is refused', async () => {
    expectRefused(await get(await issuer.token(key, ACME, { typ: 'logout+jwt' })), /neither/);
    expect((await get(await issuer.token(key, ACME, { typ: 'JWT' }))).status).toBe(200);
  });

  it('counts as the same caller with each of its renewals, and its subject alone', async () => {
    const left = async (sub: string): Promise<number> => {
      const answer = await get(await issuer.token(key, { ...ACME, sub, jti: String(Math.random()) }));
      return Number(/"key";r=(\d+)/.exec(answer.headers.get('ratelimit')!)![1]);
    };
    const first = await left('robot 1');
    expect(await left('robot 1')).toBe(first - 1);
    expect(await left('robot 2')).toBe(first);
  });
});

describe('a forged token', () => {
  it('without a signature is refused', async () => {
    const claims = { iss: issuer.url, aud: 'peerledger', sub: 'x', exp: inSeconds(300), ...ACME };
    expectRefused(await get(new UnsecuredJWT(claims).encode()), /neither|must be signed/);
  });

  it('signed with the public key as if it were a shared secret is refused', async () => {
    const spki = await exportSPKI(
      (await importJWK(key.publicJwk, 'ES256', { extractable: true })) as CryptoKey,
    );
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { iss: issuer.url, aud: 'peerledger', sub: 'x', exp: inSeconds(300), ...ACME };
    for (const secret of [spki, JSON.stringify(key.publicJwk)]) {
      const signed = `${part({ alg: 'HS256', kid: key.kid, typ: 'at+jwt' })}.${part(claims)}`;
      const mac = createHmac('sha256', secret).update(signed).digest('base64url');
      expectRefused(await get(`${signed}.${mac}`), /must be signed with one of/);
    }
  });

  it('signed with a key of its own is refused, whatever kid or jwk it names', async () => {
    const own = await issuer.key('ES256', { isPublished: false });
    expectRefused(await get(await issuer.token(own, ACME, { kid: key.kid })), /signature/);
    expectRefused(await get(await issuer.token(own, ACME)), /does not publish/);
    const embedded = await new SignJWT({
      iss: issuer.url,
      aud: 'peerledger',
      sub: 'x',
      exp: inSeconds(300),
      ...ACME,
    })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.kid, jwk: own.publicJwk })
      .sign(own.privateKey);
    expectRefused(await get(embedded), /signature/);
  });

  it('with another algorithm than its key’s is refused', async () => {
    const rsa = await issuer.key('RS256', { isPublished: false });
    expectRefused(await get(await issuer.token(rsa, ACME, { kid: key.kid })), /does not publish|signature/);
    const other = await issuer.key('ES384', { isPublished: false });
    expectRefused(await get(await issuer.token(other, ACME)), /must be signed with one of/);
  });

  it('with other claims under a right signature is refused', async () => {
    const [head, , signature] = (await issuer.token(key, ACME)).split('.');
    const claims = Buffer.from(JSON.stringify({ scope: 'operator' })).toString('base64url');
    expectRefused(await get(`${head}.${claims}.${signature}`), /signature/);
  });

  it.each(['a.b.c', 'eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d', '..', `${'x'.repeat(4000)}.y.z`])(
    'that is none, %#, is refused',
    async (token) => {
      expectRefused(await get(token), /neither/);
    },
  );
});

describe('the issuer’s keys', () => {
  it('may change: a new one is taken, and one that was taken away is not', async () => {
    const [before] = issuer.keys.splice(0, 1);
    const after = await issuer.key('ES256');
    await until(
      'the new key is taken',
      async () => (await get(await issuer.token(after, ACME))).status === 200,
    );
    expectRefused(await get(await issuer.token(before!, ACME)), /does not publish/);
    key = after;
  });

  it('are asked for once in a while, however many tokens name unknown ones', async () => {
    const unknown = await issuer.key('ES256', { isPublished: false });
    const token = await issuer.token(unknown, ACME);
    const began_ms = performance.now();
    const before = issuer.fetches;
    for (let n = 0; n < 10; n++) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => get(token)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    }
    const passed_s = (performance.now() - began_ms) / 1000;
    expect(issuer.fetches - before).toBeLessThanOrEqual(1 + Math.ceil(passed_s));
  });
});

describe('an issuer that fails', () => {
  it.each([
    ['that is down', 503, undefined],
    ['that never answers', null, undefined],
    ['that answers something else', 200, 'no keys'],
  ])('%s keeps nobody with a key waiting, and is asked again when it is back', async (_, status, text) => {
    const failing = await TestIssuer.start();
    const signing = await failing.key('ES256');
    failing.answer = (response) => {
      if (status !== null) response.writeHead(status).end(text);
    };
    const other = await startApi(undefined, { environment: failing.environment });
    try {
      const token = await failing.token(signing, { scope: 'operator' });
      const began_ms = performance.now();
      const waiting = Array.from({ length: 20 }, () => other.request('GET', '/v1/providers', { key: token }));
      const byKey = await other.request('GET', '/v1/providers', { key: other.operatorKey });
      expect(byKey.status).toBe(200);
      expect(performance.now() - began_ms).toBeLessThan(1_500);
      for (const answer of await Promise.all(waiting)) {
        expectProblem(answer, 503, 'token_issuer_unavailable');
        expect(answer.headers.get('retry-after')).toBe('5');
      }
      expect(performance.now() - began_ms).toBeLessThan(4_000);
      expect(failing.fetches).toBe(1);
      // For some seconds nobody is asked, so nobody waits.
      const again_ms = performance.now();
      expectProblem(
        await other.request('GET', '/v1/providers', { key: token }),
        503,
        'token_issuer_unavailable',
      );
      expect(performance.now() - again_ms).toBeLessThan(1_000);
      failing.answer = null;
      await until('it is asked again', async () => {
        const { status: now } = await other.request('GET', '/v1/providers', { key: token });
        return now === 200;
      });
    } finally {
      await other.close();
      await failing.stop();
    }
  });
});

describe('where no issuer is configured', () => {
  it('a token is refused like a key that is none', async () => {
    const other = await startApi();
    const answer = await other.request('GET', '/v1/providers', { key: await issuer.token(key, ACME) });
    expectRefused(answer, /are not taken here/);
    await other.close();
  });
});
