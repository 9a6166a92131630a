import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { httpProblems } from '../problems.js';
import { pathOf } from '../request.js';

/** One use of an idempotency key: keys of different callers and routes have nothing to do with each other. */
export interface IdempotencyClaim {
  caller: string;
  route: string;
  key: string;
}

const PRINTABLE = /^[\x20-\x7e]{1,255}$/;

/** The claim in a request's `Idempotency-Key`, or null when it has none. */
export function findClaim(request: FastifyRequest): IdempotencyClaim | null {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return null;
  if (typeof header !== 'string' || !PRINTABLE.test(header)) {
    throw httpProblems.invalid_idempotency_key(
      'Idempotency-Key must be one value of 1 to 255 printable ASCII characters.',
    );
  }
  return {
    caller: request.callerKey ?? 'anonymous',
    route: `${request.method} ${pathOf(request)}`,
    key: header,
  };
}

/** The claim of a request that may not be without one. */
export function requireClaim(request: FastifyRequest): IdempotencyClaim {
  const claim = findClaim(request);
  if (claim) return claim;
  throw httpProblems.idempotency_key_required(
    'Send an Idempotency-Key header of your choice, a UUID for instance, and the same one when you try again.',
  );
}

/** What tells two requests under one key apart: method, path, query and the SHA-256 of the inflated body. */
export function fingerprintOf(request: FastifyRequest, body_sha256: Buffer): Buffer {
  const head = JSON.stringify([request.method, request.raw.url ?? request.url]);
  return createHash('sha256').update(head).update('\n').update(body_sha256).digest();
}

/** The SHA-256 of a JSON request's inflated body. */
export function bodySha256(request: FastifyRequest): Buffer {
  return createHash('sha256')
    .update(request.rawBody ?? Buffer.alloc(0))
    .digest();
}
