import { SECURITY_HEADERS } from './security-headers.js';
import type { Schema } from './openapi/document.js';

/** A header of an answer, as OpenAPI describes it. */
export interface HeaderDescription {
  description: string;
  /** Absent: it may be missing where it is named. */
  required?: true;
  schema: Schema & { pattern?: string };
  example: string | number;
}

const TEXT: Schema = { type: 'string' };
const ADDRESS: Schema = { type: 'string', format: 'uri-reference' };
const FLAG = (value: string): Schema => ({ type: 'string', const: value });

/** What some answers say in their headers. Which ones do is named by `@AnswerHeaders()`, problems and routes. */
export const ANSWER_HEADERS = {
  'Accept-Encoding': {
    description: 'The encodings that a body may have',
    schema: TEXT,
    example: 'gzip, br, identity',
  },
  'Accept-Post': {
    description: 'The media types that a body may have here',
    schema: TEXT,
    example: 'application/json',
  },
  Allow: {
    description: 'The methods that the path takes',
    required: true,
    schema: TEXT,
    example: 'GET, HEAD, POST',
  },
  'Content-Disposition': {
    description: 'A file name that is safe to save it under (RFC 6266)',
    required: true,
    schema: { type: 'string', pattern: '^attachment; filename="[A-Za-z0-9._-]+"$' },
    example: 'attachment; filename="alpha-beta-0001.csv"',
  },
  ETag: {
    description: 'Of what the caller is shown (RFC 9110); for If-None-Match and If-Match',
    required: true,
    schema: { type: 'string', pattern: '^(W/)?"[A-Za-z0-9_-]+"$' },
    example: '"3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"',
  },
  Expires: { description: 'Long ago: nobody keeps events', schema: FLAG('0'), example: '0' },
  'Idempotent-Replayed': {
    description: 'That the answer is the first one to this Idempotency-Key, sent again',
    schema: FLAG('true'),
    example: 'true',
  },
  Link: {
    description: 'The next page, if there is one (RFC 8288): `<address>; rel="next"`',
    schema: { type: 'string', pattern: '^</[^>]*>; rel="next"$' },
    example:
      '</v1/providers?limit=100&cursor=WyIwMTlhN2QzYy01ZTgwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDEiXQ>; rel="next"',
  },
  Location: {
    description: 'What was made, or the job that is at it',
    schema: ADDRESS,
    example: '/v1/jobs/019a7d3c-5e80-7000-8000-000000000001',
  },
  Pragma: { description: 'That nobody keeps events', schema: FLAG('no-cache'), example: 'no-cache' },
  RateLimit: {
    description: 'What is left of each limit, and in how many seconds all of it is there again',
    schema: { type: 'string', pattern: '^"\\w+";r=\\d+;t=\\d+(, "\\w+";r=\\d+;t=\\d+)*$' },
    example: '"key";r=599;t=60, "provider";r=1199;t=60',
  },
  'RateLimit-Policy': {
    description: 'The limits that the caller has, in requests and seconds',
    schema: { type: 'string', pattern: '^"\\w+";q=\\d+;w=\\d+(, "\\w+";q=\\d+;w=\\d+)*$' },
    example: '"key";q=600;w=60, "provider";q=1200;w=60',
  },
  'Repr-Digest': {
    description: 'The SHA-256 of the whole file (RFC 9530)',
    required: true,
    schema: { type: 'string', pattern: '^sha-256=:[A-Za-z0-9+/]{43}=:$' },
    example: 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:',
  },
  'Retry-After': {
    description: 'Seconds after which to ask again',
    schema: { type: 'integer', minimum: 1 },
    example: 5,
  },
  'Set-Cookie': {
    description: 'The session, for browsers alone, or its end',
    schema: TEXT,
    example: '__Host-peerledger=...; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=28800',
  },
  'WWW-Authenticate': {
    description: 'How to show who one is, and what was wrong or missing (RFC 6750)',
    schema: { type: 'string', pattern: '^Bearer realm="peerledger"' },
    example: 'Bearer realm="peerledger", error="insufficient_scope", scope="traffic:write"',
  },
  'X-Accel-Buffering': {
    description: 'That a proxy passes events on at once',
    schema: FLAG('no'),
    example: 'no',
  },
  'X-Request-Id': {
    description: 'The request’s own X-Request-Id or a new one; logs and problem documents have it',
    required: true,
    schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,128}$' },
    example: '019a7d3c-5e80-7000-8000-000000000003',
  },
} satisfies Record<string, HeaderDescription>;

export type AnswerHeader = keyof typeof ANSWER_HEADERS;

const OF_BROWSERS = 'For browsers (OWASP REST Security Cheat Sheet)';
const OF_ORIGINS = 'For pages of other origins, where some are configured (Fetch standard)';

/** What every answer has, whatever it answers. */
export const HEADERS_OF_EVERY_ANSWER: Record<string, HeaderDescription> = {
  'Access-Control-Allow-Origin': { description: OF_ORIGINS, schema: TEXT, example: 'https://app.example' },
  'Access-Control-Expose-Headers': { description: OF_ORIGINS, schema: TEXT, example: 'ETag, Link' },
  ...Object.fromEntries(
    Object.entries(SECURITY_HEADERS).map(([name, example]) => [
      name,
      { description: OF_BROWSERS, required: true, schema: TEXT, example },
    ]),
  ),
  'Cache-Control': {
    description: 'Whether a copy may be kept: none, unless the answer has an ETag or is the same for all',
    required: true,
    schema: TEXT,
    example: 'no-store',
  },
  'Strict-Transport-Security': { description: 'Over TLS', schema: TEXT, example: 'max-age=63072000' },
  Vary: { description: OF_ORIGINS, schema: FLAG('Origin'), example: 'Origin' },
};
