import type { Problem } from '../platform/problems/index.js';
import { accessProblems } from './access.errors.js';
import type { Scope } from './rules/scopes.js';

/** 401, with the challenge of RFC 6750; without any credentials it names no error. */
export function unauthenticated(detail: string, { given }: { given: boolean }): Problem {
  const challenge = `Bearer realm="peerledger"${given ? ', error="invalid_token"' : ''}`;
  return accessProblems.unauthenticated(detail, { headers: { 'WWW-Authenticate': challenge } });
}

/** 403, naming the scope that is missing. */
export function insufficientScope(missing: Scope): Problem {
  const challenge = `Bearer realm="peerledger", error="insufficient_scope", scope="${missing}"`;
  return accessProblems.insufficient_scope(`The API key lacks the scope ${missing}.`, {
    headers: { 'WWW-Authenticate': challenge },
  });
}
