import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Scope } from './rules/scopes.js';

interface KeyHolder {
  keyId: string;
  scopes: readonly Scope[];
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

/** Who sent the request, as its key tells. */
export type Caller = OperatorCaller | ProviderCaller;

/** The name under which a caller's idempotency keys and limits are kept. */
export function callerKey(caller: Caller): string {
  return caller.kind === 'operator' ? 'operator' : caller.providerId;
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
