import { buffer } from 'node:stream/consumers';
import { Transform, type Readable, type TransformCallback } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { parseJson } from '../../json/index.js';
import type { Problem } from '../../problems/index.js';
import { httpProblems } from '../problems.js';
import type { BodyLimitName } from '../request.js';
import { inflaterFor, JSON_TYPES, mediaTypeOf, requireUtf8, STREAM_TYPES } from './media-type.js';

/** How much a body may have, in inflated bytes, and how long a JSON one may take to arrive. */
export interface HttpLimits {
  json_bytes: number;
  batch_bytes: number;
  stream_bytes: number;
  json_timeout_ms: number;
}

export const DEFAULT_LIMITS: HttpLimits = {
  json_bytes: 2 ** 20,
  batch_bytes: 8 * 2 ** 20,
  stream_bytes: 2 ** 30,
  json_timeout_ms: 30_000,
};

/** Compressed bytes may exceed the inflated limit by this much: headers and incompressible blocks. */
const ENCODED_SLACK_BYTES = 64 * 1024;

/** How long, and how much, an unread body is read away before an error is sent. */
const LINGER_MS = 1_000;
const LINGER_BYTES = 32 * 2 ** 20;

/** Makes the app read bodies: media type, inflating, limits, and JSON without loss. */
export function readBodies(app: FastifyInstance, limits: HttpLimits): void {
  app.removeAllContentTypeParsers();
  app.decorateRequest('rawBody', undefined);
  app.addHook('preParsing', (request, reply, payload, done) => {
    if (!hasBody(request)) return done(null, payload);
    try {
      const body = inflated(request, payload, limits);
      // One that nobody reads, since the request was refused, is waited for no longer than that takes.
      reply.raw.once('close', () => body.destroy());
      done(null, body);
    } catch (error) {
      done(error as Error);
    }
  });
  app.addContentTypeParser([...JSON_TYPES], async (request: FastifyRequest, payload: Readable) => {
    if (request.routeOptions.config.readsStreams) return payload;
    const body = await buffer(payload);
    if (body.length === 0) return undefined;
    request.rawBody = body;
    return parseJson(body);
  });
  app.addContentTypeParser([...STREAM_TYPES], (_request, payload, done) => done(null, payload));
  app.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode < 400 || !hasBody(request) || request.raw.complete) return done(null, payload);
    reply.header('Connection', 'close');
    void readAway(request.raw).then(() => done(null, payload));
  });
}

function hasBody(request: FastifyRequest): boolean {
  const { headers, method } = request;
  if (method === 'GET' || method === 'HEAD') return false;
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function inflated(request: FastifyRequest, payload: Readable, limits: HttpLimits): Readable {
  const { config } = request.routeOptions;
  const contentType = request.headers['content-type'];
  const type = mediaTypeOf(contentType);
  const taken: readonly string[] = config.consumes ?? ['application/json'];
  if (!taken.includes(type)) {
    throw httpProblems.unsupported_media_type(
      `The body must be ${taken.join(', ')}${type ? `, not ${shown(type)}` : ''}.`,
      {
        headers: { 'Accept-Post': taken.join(', ') },
      },
    );
  }
  requireUtf8(contentType);
  const inflater = inflaterFor(request.headers['content-encoding']);
  const isStream = (STREAM_TYPES as readonly string[]).includes(type);
  const limit_bytes = isStream ? limits.stream_bytes : bytesOf(config.bodyLimit ?? 'json', limits);
  if (!inflater && Number(request.headers['content-length'] ?? 0) > limit_bytes) throw tooLarge(limit_bytes);
  const body = connect(payload, inflater, limit_bytes);
  if (!isStream) endWithin(body, limits.json_timeout_ms);
  return body;
}

function bytesOf(limit: BodyLimitName | number, limits: HttpLimits): number {
  if (typeof limit === 'number') return limit;
  return { json: limits.json_bytes, batch: limits.batch_bytes, stream: limits.stream_bytes }[limit];
}

/** Lets bytes through up to a limit, and counts them. */
class ByteLimit extends Transform {
  passed_bytes = 0;

  constructor(
    private readonly limit_bytes: number,
    private readonly shown_bytes = limit_bytes,
  ) {
    super();
    // Whoever reads learns of an error by reading. While nobody does, a lost client must not end the process.
    this.on('error', () => undefined);
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.passed_bytes += chunk.length;
    if (this.passed_bytes > this.limit_bytes) done(tooLarge(this.shown_bytes));
    else done(null, chunk);
  }
}

/**
 * Pipes the request through the stages without ever destroying the request itself: that would close the
 * socket, and the client would never learn why.
 */
function connect(source: Readable, inflater: Transform | null, limit_bytes: number): Readable {
  const encoded = new ByteLimit(limit_bytes + (inflater ? ENCODED_SLACK_BYTES : 0), limit_bytes);
  source.on('error', (error) => encoded.destroy(error));
  source.on('close', () => {
    if (!source.readableEnded)
      encoded.destroy(httpProblems.bad_request('The body ended before it was complete.'));
  });
  source.pipe(encoded);
  if (!inflater) return encoded;
  const body = new ByteLimit(limit_bytes);
  encoded.on('error', (error) => body.destroy(error));
  inflater.on('error', () => {
    body.destroy(
      httpProblems.invalid_encoding('The body could not be inflated as its Content-Encoding says.'),
    );
  });
  body.on('close', () => {
    encoded.destroy();
    inflater.destroy();
  });
  encoded.pipe(inflater).pipe(body);
  // Fastify compares Content-Length with what came over the wire.
  Object.defineProperty(body, 'receivedEncodedLength', { get: () => encoded.passed_bytes });
  return body;
}

function endWithin(body: Readable, timeout_ms: number): void {
  const timer = setTimeout(() => {
    body.destroy(httpProblems.request_timeout(`The body did not arrive within ${timeout_ms} ms.`));
  }, timeout_ms);
  body.once('close', () => clearTimeout(timer));
  body.once('end', () => clearTimeout(timer));
}

/** A client that is still sending sees only a reset connection if nobody reads; so read on for a while. */
function readAway(source: Readable): Promise<void> {
  return new Promise((resolve) => {
    let read_bytes = 0;
    const timer = setTimeout(finish, LINGER_MS);
    function finish(): void {
      clearTimeout(timer);
      source.off('data', count).off('end', finish).off('close', finish);
      resolve();
    }
    function count(chunk: Buffer): void {
      read_bytes += chunk.length;
      if (read_bytes > LINGER_BYTES) finish();
    }
    if (source.destroyed) return finish();
    source.unpipe();
    source.on('data', count).on('end', finish).on('close', finish).resume();
  });
}

function tooLarge(limit_bytes: number): Problem {
  return httpProblems.payload_too_large(
    `The body may have at most ${limit_bytes} bytes here, after inflating.`,
  );
}

function shown(type: string): string {
  return JSON.stringify(type.slice(0, 100));
}
