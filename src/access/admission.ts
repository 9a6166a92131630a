import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../platform/problems/index.js';
import { accessProblems } from './access.errors.js';
import { AccessService } from './access.service.js';
import { callerKey, tenantOf, type Caller } from './caller.js';
import { insufficientScope, unauthenticated } from './denials.js';
import { RateLimits } from './rate-limits.js';
import { credentialIn, type ShownCredential } from './rules/credentials.js';
import { isFromOwnPage } from './rules/same-site.js';
import { allows, type Scope } from './rules/scopes.js';
import { isCsrfToken } from './rules/session-secret.js';
import { SessionCookie } from './session-cookie.js';
import { SessionsService } from './sessions.service.js';
import { TokensService } from './tokens.service.js';

/** Methods that change nothing (RFC 9110, 9.2.1). */
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

const NO_CREDENTIAL = 'Send your API key, or an access token, as Authorization: Bearer plk_live_...';
const REFUSED: Record<ShownCredential['kind'], string> = {
  key: 'The API key is not valid: mistyped, expired, revoked or never issued.',
  token: 'What was sent is no API key, and access tokens are not taken here.',
  session: 'The session is over; make another one with POST /v1/sessions.',
};

/** Decides who is let in: here, and nowhere else, a request is answered 401, 403 for want of a scope, or 429. */
@Injectable()
export class Admission {
  constructor(
    private readonly keys: AccessService,
    private readonly tokens: TokensService,
    private readonly sessions: SessionsService,
    private readonly cookie: SessionCookie,
    private readonly limits: RateLimits,
  ) {}

  /** Finds out who calls, once a request, and whether they may call so often. */
  async admit(request: FastifyRequest, reply: FastifyReply): Promise<Caller> {
    if (request.caller) return request.caller;
    const credential = credentialIn(request.headers, this.cookie.name);
    this.limits.refuseStranger(request.ip, credential ?? null, reply);
    const caller = await this.identify(request, credential).catch(async (error: unknown) => {
      const isRefused = error instanceof Problem && error.definition.status === 401;
      if (isRefused) await this.limits.countStranger(request.ip, credential ?? null, reply);
      throw error;
    });
    request.caller = caller;
    request.callerKey = callerKey(caller);
    request.tenant = tenantOf(caller);
    await this.limits.admitCaller(caller, reply);
    if (credential?.kind === 'session') requireOwnPage(request, credential.secret);
    return caller;
  }

  /** Lets a request pass that needs no caller, unless its address sends too many. */
  async admitAnybody(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await this.limits.admitStranger(request.ip, reply);
  }

  /** 403 unless the caller has all of these scopes. */
  demand(caller: Caller, scopes: readonly Scope[]): void {
    const missing = scopes.find((scope) => !allows(caller.scopes, scope));
    if (missing !== undefined) throw insufficientScope(missing);
  }

  private async identify(
    request: FastifyRequest,
    credential: ShownCredential | null | undefined,
  ): Promise<Caller> {
    if (!credential) throw unauthenticated(NO_CREDENTIAL, { given: credential === undefined });
    const { kind, secret } = credential;
    const sources = { key: this.keys, token: this.tokens, session: this.sessions };
    const holder = await sources[kind].holderOf(secret);
    if (!holder?.isLive) {
      if (holder) request.refusedKey = holder.caller;
      throw unauthenticated(REFUSED[kind], { given: true });
    }
    this.limits.remember(credential);
    return holder.caller;
  }
}

/** A browser sends the cookie with every request, also with one that another site's page has made it send. */
function requireOwnPage(request: FastifyRequest, secret: string): void {
  if (SAFE_METHODS.has(request.method)) return;
  const { headers, host } = request;
  const header = (name: string): string | undefined => [headers[name]].flat()[0];
  const origins = { secFetchSite: header('sec-fetch-site'), origin: header('origin'), host };
  if (!isFromOwnPage(origins)) {
    throw accessProblems.cross_site_request('A session changes things only from a page of this very site.');
  }
  if (!isCsrfToken(header('x-csrf-token'), secret)) {
    throw accessProblems.cross_site_request(
      'Send the csrfToken of the session, as GET /v1/sessions/current shows it, in the header X-CSRF-Token.',
    );
  }
}
