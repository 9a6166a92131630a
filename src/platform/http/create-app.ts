import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Server as TlsServer } from 'node:tls';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { DynamicModule, Type } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { newId } from '../ids/index.js';
import { Metrics, NestLogger } from '../telemetry/index.js';
import { DEFAULT_LIMITS, readBodies, type HttpLimits } from './body/read-body.js';
import { allowOrigins } from './cross-origin.js';
import { serveDocs } from './docs.js';
import { endIdleConnections } from './idle-connections.js';
import { observeRequests } from './observe-requests.js';
import { PARAMETER_LENGTH_MAX } from './openapi/limits.js';
import { httpProblems } from './problems.js';
import { PROBLEM_TYPE, renderProblem, sendAnswer } from './render-problem.js';
import { RouteTable } from './route-table.js';
import { secure, SECURITY_HEADERS } from './security-headers.js';
import { toProblem } from './to-problem.js';

/** Certificate chain and private key, in PEM. */
export interface TlsFiles {
  cert: Buffer;
  key: Buffer;
}

export interface HttpAppOptions {
  logger: Logger;
  limits?: Partial<HttpLimits>;
  /** The whole time a request may take to arrive, streams included. */
  requestTimeout_ms?: number;
  /** Without them the app speaks plain HTTP. */
  tls?: TlsFiles;
  /** Proxies whose `X-Forwarded-*` headers are believed, as addresses or networks. */
  trustedProxies?: readonly string[];
  /** Origins of other sites whose pages may use the API. */
  origins?: readonly string[];
  /** Builds the app without its providers, to look at its routes only. */
  preview?: boolean;
}

const REQUEST_TIMEOUT_MS = 660_000;
const HEADERS_TIMEOUT_MS = 15_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Builds the HTTP app of a root module; it keeps every convention of the API, and is not listening yet. */
export async function createHttpApp(
  rootModule: Type | DynamicModule,
  options: HttpAppOptions,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    logger: false,
    genReqId: requestIdOf,
    bodyLimit: Number.MAX_SAFE_INTEGER,
    requestTimeout: options.requestTimeout_ms ?? REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: PARAMETER_LENGTH_MAX },
    ...(options.trustedProxies?.length && { trustProxy: [...options.trustedProxies] }),
    ...(options.tls && {
      https: { ...secureContext(options.tls), handshakeTimeout: HANDSHAKE_TIMEOUT_MS },
    }),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      reply.header('X-Request-Id', request.id);
      secure(request, reply);
      sendAnswer(reply, renderProblem(toProblem(error), request));
    },
    clientErrorHandler: answerClientError,
  } as ConstructorParameters<typeof FastifyAdapter>[0]);
  const fastify = adapter.getInstance<FastifyInstance>();
  prepare(fastify, { ...DEFAULT_LIMITS, ...options.limits }, options.origins ?? []);
  const app = await NestFactory.create<NestFastifyApplication>(rootModule, adapter, {
    logger: new NestLogger(options.logger),
    bodyParser: false,
    abortOnError: false,
    preview: options.preview ?? false,
  });
  fastify.server.headersTimeout = HEADERS_TIMEOUT_MS;
  // Node.js would answer 417 without a problem document; an unknown expectation may be passed over (RFC 9110, 10.1.1).
  fastify.server.on('checkExpectation', (request, response) =>
    fastify.server.emit('request', request, response),
  );
  if (!options.preview) {
    observeRequests(fastify, options.logger, app.get(Metrics, { strict: false }));
    serveDocs(app);
  }
  return app;
}

function secureContext({ cert, key }: TlsFiles): TlsFiles & { minVersion: 'TLSv1.2' } {
  return { cert, key, minVersion: 'TLSv1.2' };
}

/** Shows another certificate from the next connection on. Throws, and changes nothing, where it is none. */
export function renewTls(app: NestFastifyApplication, tls: TlsFiles): void {
  (app.getHttpServer() as unknown as TlsServer).setSecureContext(secureContext(tls));
}

function prepare(fastify: FastifyInstance, limits: HttpLimits, origins: readonly string[]): void {
  const routes = RouteTable.of(fastify);
  fastify.decorateRequest('callerKey', undefined);
  fastify.decorateRequest('tenant', undefined);
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.header('X-Request-Id', request.id);
    secure(request, reply);
    done();
  });
  allowOrigins(fastify, origins);
  fastify.addHook('onRequest', (request, _reply, done) => {
    done(request.is404 ? routes.missOf(request) : refuseNul(request));
  });
  readBodies(fastify, limits);
  endIdleConnections(fastify);
}

/** No text that is stored has the character NUL, and PostgreSQL takes none that has it. */
function refuseNul({ url }: FastifyRequest): Error | undefined {
  if (!url.includes('%00')) return undefined;
  return httpProblems.bad_request('The path or query has the character NUL, which nothing here is named by.');
}

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** The client's own request id where it is harmless, else a new one. */
function requestIdOf(request: { headers: IncomingMessage['headers'] }): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : newId();
}

/** Answers what is not even HTTP; there is no request then, only a socket. */
function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? httpProblems.headers_too_large('The request line and headers are larger than is taken here.')
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? httpProblems.request_timeout('The request did not arrive in time.')
        : httpProblems.bad_request('The request is not valid HTTP.');
  const request = { id: newId(), raw: { url: '' }, url: '' } as FastifyRequest;
  const { status, body } = renderProblem(problem, request);
  const headers = {
    ...SECURITY_HEADERS,
    'Content-Type': PROBLEM_TYPE,
    'Content-Length': body.length,
    'X-Request-Id': request.id,
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 ${status} ${problem.definition.title}\r\n${lines.join('')}\r\n`;
  socket.end(Buffer.concat([Buffer.from(head), body]));
}
