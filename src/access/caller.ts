import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Credential } from './rules/audit-event.js';
import { OPERATOR, type Tenant } from '../platform/database/index.js';
import type { Scope } from './rules/scopes.js';

/** By what a caller showed who they are; a session stands for the key or token that it was made from. */
export type Proof =
  { kind: 'key' } | { kind: 'token'; expiresAt: Date } | { kind: 'session'; session: Session };

/** A session of the web console, as its cookie was found to be. */
export interface Session {
  id: string;
  createdAt: Date;
  expiresAt: Date;
}

interface KeyHolder {
  /** The key's id; of a token, an id that stands for its issuer and subject. */
  keyId: string;
  scopes: readonly Scope[];
  proof: Proof;
}

/** Acts for the platform, and for no provider. */
export interface OperatorCaller extends KeyHolder {
  kind: 'operator';
}

/** Acts for one provider. */
export interface ProviderCaller extends KeyHolder {
  kind: 'provider';
  providerId: string;
  providerCode: string;
}

/** Who sent the request, as its key, token or session tells. */
export type Caller = OperatorCaller | ProviderCaller;

/** Whose a key, token or session is, or was: one that is not live any more lets nobody in. */
export interface Holder {
  caller: Caller;
  isLive: boolean;
}

/** What the audit log says of how a caller was known. */
export function credentialOf({ keyId, proof }: Caller): Credential {
  if (proof.kind === 'session') return { kind: 'session', id: proof.session.id };
  return { kind: proof.kind === 'key' ? 'api_key' : 'access_token', id: keyId };
}

/** The caller that a key, token or session with these columns stands for. */
export function callerOf(
  holder: KeyHolder & { providerId: string | null; providerCode: string | null },
): Caller {
  const { providerId, providerCode, keyId, scopes, proof } = holder;
  if (providerId === null || providerCode === null) return { kind: 'operator', keyId, scopes, proof };
  return { kind: 'provider', providerId, providerCode, keyId, scopes, proof };
}

/** The name under which a caller's idempotency keys and limits are kept. */
export function callerKey(caller: Caller): string {
  return caller.kind === 'operator' ? 'operator' : caller.providerId;
}

/** For whom a caller's statements run. */
export function tenantOf(caller: Caller): Tenant {
  return caller.kind === 'operator' ? OPERATOR : { kind: 'provider', providerId: caller.providerId };
}

declare module 'fastify' {
  interface FastifyRequest {
    caller?: Caller;
    /** Whose key was sent, where it is one that is not valid any more. */
    refusedKey?: Caller;
  }
}

/** The caller of a route that needs a key. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!caller) throw new Error('CurrentCaller on a route that needs no key');
  return caller;
});
