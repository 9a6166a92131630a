import { expectProblem, startApi, type TestAnswer } from '../support/api.js';
import { TestIssuer } from '../support/issuer.js';

const OPENID = '/.well-known/openid-configuration';
const OAUTH = '/.well-known/oauth-authorization-server';

interface Asked {
  issuer: TestIssuer;
  ask: () => Promise<TestAnswer>;
}

/** An API that knows an issuer by its name alone, and a request with a token of it. */
async function withIssuer(
  metadata: (issuer: TestIssuer) => Record<string, string>,
  check: (asked: Asked) => Promise<void>,
): Promise<void> {
  const issuer = await TestIssuer.start();
  const key = await issuer.key('ES256');
  issuer.metadata = metadata(issuer);
  const api = await startApi(undefined, { environment: { ...issuer.environment, OAUTH_JWKS_URL: '' } });
  try {
    const token = await issuer.token(key, { scope: 'operator' });
    await check({ issuer, ask: () => api.request('GET', '/v1/providers', { key: token }) });
  } finally {
    await api.close();
    await issuer.stop();
  }
}

const naming = ({ url, jwksUrl }: TestIssuer, more: object = {}): string =>
  JSON.stringify({ issuer: url, jwks_uri: jwksUrl, ...more });

describe('without an address of its keys, an issuer', () => {
  it('is asked for its metadata once, by however many tokens', async () => {
    await withIssuer(
      (issuer) => ({ [OPENID]: naming(issuer) }),
      async ({ issuer, ask }) => {
        const answers = await Promise.all(Array.from({ length: 10 }, ask));
        expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
        expect((await ask()).status).toBe(200);
        expect(issuer.asked).toEqual([OPENID, '/jwks.json']);
      },
    );
  });

  it('may have the metadata of OAuth 2.0 alone', async () => {
    await withIssuer(
      (issuer) => ({ [OAUTH]: naming(issuer) }),
      async ({ issuer, ask }) => {
        expect((await ask()).status).toBe(200);
        expect(issuer.asked).toEqual([OPENID, OAUTH, '/jwks.json']);
      },
    );
  });

  const wrong: [string, (issuer: TestIssuer) => string][] = [
    ['name another issuer', (issuer) => naming(issuer, { issuer: 'https://other.example.com' })],
    ['name it with one slash more', (issuer) => naming(issuer, { issuer: `${issuer.url}/` })],
    ['name no issuer', (issuer) => naming(issuer, { issuer: undefined })],
    ['name no keys', (issuer) => naming(issuer, { jwks_uri: undefined })],
    ['name keys over plain HTTP', (issuer) => naming(issuer, { jwks_uri: 'http://192.0.2.1/jwks.json' })],
    ['name a file', (issuer) => naming(issuer, { jwks_uri: 'file:///etc/passwd' })],
    ['are no JSON', () => '<html>'],
    ['are nothing', () => 'null'],
    ['are too long', (issuer) => naming(issuer, { padding: 'x'.repeat(300_000) })],
  ];
  it.each(wrong)('whose metadata %s is not believed, and is left alone for a while', async (_, document) => {
    await withIssuer(
      (issuer) => ({ [OPENID]: document(issuer) }),
      async ({ issuer, ask }) => {
        expectProblem(await ask(), 503, 'token_issuer_unavailable');
        expectProblem(await ask(), 503, 'token_issuer_unavailable');
        expect(issuer.asked).toEqual([OPENID]);
      },
    );
  });

  it('without any metadata is not believed', async () => {
    await withIssuer(
      () => ({}),
      async ({ issuer, ask }) => {
        expectProblem(await ask(), 503, 'token_issuer_unavailable');
        expect(issuer.asked).toEqual([OPENID, OAUTH]);
      },
    );
  });

  it('whose key set is too long is given up', async () => {
    await withIssuer(
      (issuer) => ({ [OPENID]: naming(issuer) }),
      async ({ issuer, ask }) => {
        const keys = issuer.keys.map(({ publicJwk }) => publicJwk);
        issuer.answer = (response) => response.end(JSON.stringify({ keys, padding: 'x'.repeat(300_000) }));
        expectProblem(await ask(), 503, 'token_issuer_unavailable');
      },
    );
  });
});
