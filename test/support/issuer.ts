import { createServer, type Server, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

export interface IssuerKey {
  alg: string;
  kid: string;
  privateKey: CryptoKey;
  publicJwk: JWK;
}

/** An issuer of access tokens, with its keys over HTTP, which a test may rotate, slow down or break. */
export class TestIssuer {
  /** How often its keys were asked for. */
  fetches = 0;
  keys: IssuerKey[] = [];
  /** Answers instead of the keys, or never does when it returns without an answer. */
  answer: ((response: ServerResponse) => void) | null = null;

  /** Its metadata by path; any other path has the keys, or nothing where there are metadata. */
  metadata: Record<string, string> | null = null;
  /** The paths that were asked for. */
  readonly asked: string[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<TestIssuer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const issuer = new TestIssuer(server, `http://127.0.0.1:${port}`);
    server.on('request', ({ url }, response) => issuer.respond(url!, response));
    return issuer;
  }

  get jwksUrl(): string {
    return `${this.url}/jwks.json`;
  }

  /** The service's environment under which this issuer's tokens are taken. */
  get environment(): Record<string, string> {
    return {
      OAUTH_ISSUER: this.url,
      OAUTH_AUDIENCE: 'peerledger',
      OAUTH_JWKS_URL: this.jwksUrl,
      OAUTH_JWKS_COOLDOWN_S: '1',
    };
  }

  /** A new key, published from now on unless it is to stay secret. */
  async key(alg: string, { isPublished = true } = {}): Promise<IssuerKey> {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const kid = `${alg}-${this.keys.length}-${Math.random().toString(36).slice(2)}`;
    const key = {
      alg,
      kid,
      privateKey,
      publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    };
    if (isPublished) this.keys.push(key);
    return key;
  }

  /** A token that is right in all that is not said otherwise; undefined takes a claim away. */
  async token(
    key: IssuerKey,
    claims: { [claim: string]: unknown } = {},
    header: { typ?: string; kid?: string } = {},
  ): Promise<string> {
    const now_s = Math.floor(Date.now() / 1000);
    const all = { iss: this.url, aud: 'peerledger', sub: 'robot', iat: now_s, exp: now_s + 300, ...claims };
    const present = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return new SignJWT(present)
      .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header })
      .sign(key.privateKey);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private respond(path: string, response: ServerResponse): void {
    this.asked.push(path);
    if (this.metadata && path !== new URL(this.jwksUrl).pathname) {
      const document = this.metadata[path];
      response.writeHead(document === undefined ? 404 : 200).end(document);
      return;
    }
    this.fetches++;
    if (this.answer) return this.answer(response);
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ keys: this.keys.map(({ publicJwk }) => publicJwk) }));
  }
}
