import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../problems/index.js';
import { pathOf } from './request.js';

/** An answer as it goes over the wire. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** The URI reference that documents a code. */
export function problemTypeUri(code: string): string {
  return `/problems/${code}`;
}

/** Renders a problem as the RFC 9457 document that answers this request. */
export function renderProblem(problem: Problem, request: FastifyRequest): Answer {
  const { errors, errorCount, headers } = problem.extras;
  const { retryAfter_s } = problem.definition;
  const document = {
    type: problemTypeUri(problem.code),
    title: problem.definition.title,
    status: problem.definition.status,
    detail: problem.detail,
    instance: pathOf(request),
    code: problem.code,
    request_id: request.id,
    ...(errors && { errors, error_count: errorCount ?? errors.length }),
  };
  return {
    status: problem.definition.status,
    headers: {
      'Content-Type': PROBLEM_TYPE,
      'Cache-Control': 'no-store',
      ...(retryAfter_s !== undefined && { 'Retry-After': String(retryAfter_s) }),
      ...headers,
    },
    body: Buffer.from(JSON.stringify(document)),
  };
}

/** Sends an answer as it is, byte for byte. */
export function sendAnswer(reply: FastifyReply, answer: Answer): void {
  void reply.status(answer.status).headers(answer.headers).send(answer.body);
}
