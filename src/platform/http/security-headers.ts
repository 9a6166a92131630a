import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * What every answer tells a browser, errors included: take it for what it says it is, load nothing for it, show
 * it in no frame, send its address nowhere, and keep no copy (OWASP REST Security Cheat Sheet). Routes whose
 * answers may be kept, or that are pages, set their own `Cache-Control` or `Content-Security-Policy` over these.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** Two years. Whether subdomains have TLS too is not ours to say. */
const STRICT_TRANSPORT_SECURITY = 'max-age=63072000';

/** Puts the headers on an answer, and, where the request came over TLS, that the next one has to as well. */
export function secure(request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(SECURITY_HEADERS);
  if (request.protocol === 'https') reply.header('Strict-Transport-Security', STRICT_TRANSPORT_SECURITY);
}
