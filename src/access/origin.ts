import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { credentialOf } from './caller.js';
import { PLATFORM_CHAIN, type AuditActor, type AuditRequest } from './rules/audit-event.js';

/** Who is at work here, and in whose chain it is logged. */
export interface Origin {
  chainId: string;
  actor: AuditActor;
  request: AuditRequest | null;
}

const requests = new AsyncLocalStorage<FastifyRequest>();

/** Lets everything that a handler does know its request. The body has been read by then: its events know nothing. */
export function followRequests(fastify: FastifyInstance): void {
  fastify.addHook('preHandler', (request, _reply, done) => requests.run(request, done));
}

/** The origin of what is done here: the request's caller, or the service where there is no request. */
export function currentOrigin(): Origin {
  const request = requests.getStore();
  if (!request?.caller) {
    return {
      chainId: PLATFORM_CHAIN,
      actor: { kind: 'service', provider: null, credential: null },
      request: null,
    };
  }
  const { caller } = request;
  const isProvider = caller.kind === 'provider';
  return {
    chainId: isProvider ? caller.providerId : PLATFORM_CHAIN,
    actor: {
      kind: caller.kind,
      provider: isProvider ? caller.providerCode : null,
      credential: credentialOf(caller),
    },
    request: {
      id: request.id,
      address: request.ip,
      method: request.method,
      route: request.routeOptions.url ?? '',
    },
  };
}
