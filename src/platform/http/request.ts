import type { FastifyRequest } from 'fastify';
import type { Tenant } from '../database/index.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The inflated bytes of a JSON body, exactly as they were sent. */
    rawBody?: Buffer;
    /** Who calls, as a short text: set by whoever authenticates, scopes idempotency keys. */
    callerKey?: string;
    /** The code of the problem that answers it, once one does. */
    problemCode?: string;
    /** For whom the request's statements run: set by whoever authenticates; without it for nobody. */
    tenant?: Tenant;
  }
  interface FastifyContextConfig {
    /** The most inflated bytes that a body on this route may have, if not the default. */
    bodyLimit?: BodyLimitName | number;
    /** The media types of a body that this route takes, if not the default. */
    consumes?: readonly string[];
    /** Whether the route reads JSON itself: then every body is an inflated stream. */
    readsStreams?: boolean;
    /** Whether a caller must be known before the body is even read. */
    needsCaller?: boolean;
    /** Whether a route that needs no caller may be called by anybody as often as they like. */
    isUnlimited?: boolean;
  }
}

/** A limit that the configuration sets, by its name. */
export type BodyLimitName = 'json' | 'batch' | 'stream';

/** The request's path without its query, which may hold what must not be logged or repeated. */
export function pathOf(request: FastifyRequest): string {
  const url = request.raw.url ?? request.url;
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
