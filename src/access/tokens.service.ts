import { Injectable, Logger, Optional } from '@nestjs/common';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions } from 'jose';
import { Config } from '../platform/config/index.js';
import { Database, NOBODY } from '../platform/database/index.js';
import { idOf } from '../platform/ids/index.js';
import { accessProblems } from './access.errors.js';
import { callerOf, type Holder } from './caller.js';
import { unauthenticated } from './denials.js';
import { issuerKeys, IssuerUnavailableError } from './issuer-keys.js';
import { grantOf } from './rules/token-claims.js';
import { findProviderOfToken } from './sql/find-provider-of-token.js';

/** Signatures with the issuer's private key only: never `none`, nor a MAC whose key the verifier has too (RFC 8725, 3.1). */
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** RFC 9068, and what most issuers say instead; anything else was made for another purpose. */
const TYPES = ['at+jwt', 'application/at+jwt', 'jwt'];

/** The last instant that a Date can be. */
const TIME_MAX_MS = 8.64e15;

const PROVIDERS_MAX = 10_000;

/** Reads OAuth 2.0 access tokens (RFC 9068) of the configured issuer. */
@Injectable()
export class TokensService {
  private readonly logger = new Logger('access');
  private readonly keys: JWTVerifyGetKey | null;
  private readonly providerIds = new Map<string, string>();

  constructor(
    private readonly database: Database,
    @Optional() private readonly config: Config = new Config(),
  ) {
    const { OAUTH_ISSUER: issuer, OAUTH_JWKS_URL: jwksUrl, OAUTH_JWKS_COOLDOWN_S: cooldown_s } = config;
    this.keys = issuer === undefined ? null : issuerKeys({ issuer, jwksUrl, cooldown_s });
  }

  /** Who a token speaks for; null where none are taken, 401 with the reason when it is not valid. */
  async holderOf(token: string): Promise<Holder | null> {
    if (!this.keys) return null;
    const claims = await this.verify(token, this.keys);
    const grant = grantOf(claims, this.config.OAUTH_PROVIDER_CLAIM);
    if (typeof grant === 'string') throw unauthenticated(grant, { given: true });
    const holder = {
      keyId: idOf(JSON.stringify([claims.iss, claims.sub])),
      scopes: grant.scopes,
      proof: { kind: 'token', expiresAt: new Date(Math.min(claims.exp! * 1000, TIME_MAX_MS)) } as const,
    };
    if (grant.kind === 'operator') return live({ ...holder, providerId: null, providerCode: null });
    const providerId = await this.providerId(grant.providerCode);
    if (providerId === undefined) {
      throw unauthenticated('The token names a provider that is not registered here.', { given: true });
    }
    return live({ ...holder, providerId, providerCode: grant.providerCode });
  }

  private async verify(token: string, keys: JWTVerifyGetKey): Promise<JWTPayload> {
    const { OAUTH_ISSUER, OAUTH_AUDIENCE, OAUTH_CLOCK_SKEW_S } = this.config;
    const options: JWTVerifyOptions = {
      algorithms: ALGORITHMS,
      issuer: OAUTH_ISSUER!,
      audience: OAUTH_AUDIENCE!,
      clockTolerance: OAUTH_CLOCK_SKEW_S,
      requiredClaims: ['exp', 'sub'],
    };
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, options);
      const { typ } = protectedHeader;
      if (typ === undefined || TYPES.includes(typ.toLowerCase())) return payload;
      throw new errors.JWTInvalid(`its type is ${JSON.stringify(typ)}, not at+jwt`);
    } catch (error) {
      throw this.refusal(error);
    }
  }

  private refusal(error: unknown): Error {
    if (error instanceof IssuerUnavailableError) {
      // Without a cause nobody was asked: the attempt before is in the log.
      if (error.cause) this.logger.warn({ err: error });
      return accessProblems.token_issuer_unavailable(
        'The keys of the issuer of access tokens cannot be read just now; API keys work.',
      );
    }
    return unauthenticated(reasonOf(error), { given: true });
  }

  /** A provider's id; it never changes, so that it is asked for once. */
  private async providerId(code: string): Promise<string | undefined> {
    const known = this.providerIds.get(code);
    if (known !== undefined) return known;
    const id = await this.database.actFor(NOBODY, () => findProviderOfToken(this.database, code));
    if (this.providerIds.size >= PROVIDERS_MAX) this.providerIds.clear();
    if (id !== undefined) this.providerIds.set(code, id);
    return id;
  }
}

/** What is wrong with a token, for whoever sent it; nothing of the token itself. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The access token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed) {
    return `The access token's claim ${error.claim} is missing or not what it has to be here.`;
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return `The access token must be signed with one of ${ALGORITHMS.join(', ')}.`;
  }
  if (error instanceof errors.JWKSNoMatchingKey)
    return 'The access token is signed with a key that its issuer does not publish.';
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return 'The access token’s signature is not right.';
  return 'What was sent is neither an API key nor an access token of the configured issuer.';
}

function live(holder: Parameters<typeof callerOf>[0]): Holder {
  return { caller: callerOf(holder), isLive: true };
}
