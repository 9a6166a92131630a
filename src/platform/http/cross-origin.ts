import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ANSWER_HEADERS } from './answer-headers.js';

/** What a page may send beyond what the Fetch standard lets every page; it may read every header that is described. */
const REQUEST_HEADERS = [
  'Authorization',
  'Content-Encoding',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'X-Request-Id',
];
/** No script may read a cookie that is set. */
const READABLE_HEADERS = Object.keys(ANSWER_HEADERS).filter((name) => name !== 'Set-Cookie');
const METHODS = ['GET', 'HEAD', 'POST', 'DELETE'];
const PREFLIGHT_MAX_AGE_S = 600;

/**
 * Lets pages of the listed origins use the API with a key or token that they hold. Cookies are never let in from
 * elsewhere: a session belongs to pages of the service itself. Without a list, no other site's page may read
 * anything, which is what browsers do when no header says otherwise.
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  app.addHook('onRequest', (request, reply, done) => {
    // The answer depends on it also where it is not allowed, for whoever keeps copies.
    reply.header('Vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !allowed.has(origin)) return done();
    reply.header('Access-Control-Allow-Origin', origin);
    if (isPreflight(request)) return answerPreflight(reply);
    reply.header('Access-Control-Expose-Headers', READABLE_HEADERS.join(', '));
    done();
  });
}

function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

function answerPreflight(reply: FastifyReply): void {
  void reply
    .status(204)
    .header('Access-Control-Allow-Methods', METHODS.join(', '))
    .header('Access-Control-Allow-Headers', REQUEST_HEADERS.join(', '))
    .header('Access-Control-Max-Age', String(PREFLIGHT_MAX_AGE_S))
    .send();
}
