import { HttpException } from '@nestjs/common';
import { Problem } from '../problems/index.js';
import { httpProblems } from './problems.js';

type HttpCode = keyof typeof httpProblems;

const CODE_BY_STATUS: Partial<Record<number, HttpCode>> = {
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'not_acceptable',
  408: 'request_timeout',
  409: 'conflict',
  412: 'precondition_failed',
  413: 'payload_too_large',
  414: 'uri_too_long',
  415: 'unsupported_media_type',
  428: 'precondition_required',
  429: 'too_many_requests',
  431: 'headers_too_large',
  503: 'service_unavailable',
};

/** What the client is told of an error: the problem itself, or the one that stands for it. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const status = statusOf(error);
  if (status === 404) return httpProblems.not_found('There is nothing at this path.');
  if (status === 503 || isUnreachable(error)) {
    return httpProblems.service_unavailable('The service cannot reach what it needs; try again shortly.');
  }
  if (status >= 500) return httpProblems.internal_error('The error has been logged under the request_id.');
  const code = CODE_BY_STATUS[status] ?? 'bad_request';
  return httpProblems[code]((error as Error).message);
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { name, statusCode } = (error ?? {}) as { name?: unknown; statusCode?: unknown };
  return name === 'FastifyError' && typeof statusCode === 'number' ? statusCode : 500;
}

const UNREACHABLE_CODES = new Set([
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTFOUND',
    'EAI_AGAIN',
  ],
  // PostgreSQL: connection exceptions, shutting down, starting up, too many connections, read-only standby.
  ...['08000', '08003', '08006', '08001', '08004', '57P01', '57P02', '57P03', '53300', '25006'],
]);

const UNREACHABLE_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered)/;

/** Whether the error means that the database, or the queue, cannot be reached at the moment. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, driverError, cause } = error as Error & { code?: unknown; driverError?: unknown };
  if (typeof code === 'string' && UNREACHABLE_CODES.has(code)) return true;
  return UNREACHABLE_MESSAGE.test(error.message) || isUnreachable(driverError) || isUnreachable(cause);
}
