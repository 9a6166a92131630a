import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { DEFAULT_LIMITS } from '../body/read-body.js';
import { JSON_TYPES, STREAM_TYPES } from '../body/media-type.js';
import type { BodyLimitName } from '../request.js';
import type { Operation } from './document.js';

/** What bounds a request's head: the default of Node.js. */
const HEAD_BYTES_MAX = 16_384;

/** How many characters a part of a path may have. */
export const PARAMETER_LENGTH_MAX = 200;

const BODY_LIMIT = 'x-body-limit';
const LIMIT_PREFIX = 'x-limit-';

/** Documents limits of a route that nothing else of it tells, units last in their names. */
export function Limits(limits: Record<string, number>): MethodDecorator {
  const each = Object.entries(limits).map(([name, figure]) => ApiExtension(LIMIT_PREFIX + name, figure));
  return applyDecorators(...(each as MethodDecorator[]));
}

/** Documents how many inflated bytes a body may have. */
export function documentBodyLimit(limit: BodyLimitName | number): MethodDecorator {
  return ApiExtension(BODY_LIMIT, limit) as MethodDecorator;
}

/** Writes down what bounds a request to an operation, as it is unless it is configured otherwise. */
export function describeLimits(operation: Operation): void {
  const { parameters = [], requestBody } = operation;
  const bodyLimit = (operation[BODY_LIMIT] ?? 'json') as BodyLimitName | number;
  delete operation[BODY_LIMIT];
  const more = takeNamedLimits(operation);
  const types = Object.keys(requestBody?.content ?? {});
  const page = parameters.find(({ name, in: place }) => place === 'query' && name === 'limit');
  const rows = (page?.schema as { maximum?: number } | undefined)?.maximum;
  operation['x-limits'] = {
    head_bytes: HEAD_BYTES_MAX,
    ...(parameters.some(({ in: place }) => place === 'path') && {
      path_parameter_characters: PARAMETER_LENGTH_MAX,
    }),
    ...(types.some((type) => (JSON_TYPES as readonly string[]).includes(type)) && {
      json_body_bytes: bytesOf(bodyLimit),
    }),
    ...(types.some((type) => (STREAM_TYPES as readonly string[]).includes(type)) && {
      stream_body_bytes: DEFAULT_LIMITS.stream_bytes,
    }),
    ...(rows !== undefined && { page_rows: rows }),
    ...more,
  };
}

function takeNamedLimits(operation: Operation): Record<string, unknown> {
  const named = Object.entries(operation).filter(([key]) => key.startsWith(LIMIT_PREFIX));
  for (const [key] of named) delete operation[key as `x-${string}`];
  return Object.fromEntries(named.map(([key, figure]) => [key.slice(LIMIT_PREFIX.length), figure]));
}

function bytesOf(limit: BodyLimitName | number): number {
  if (typeof limit === 'number') return limit;
  const { json_bytes, batch_bytes, stream_bytes } = DEFAULT_LIMITS;
  return { json: json_bytes, batch: batch_bytes, stream: stream_bytes }[limit];
}
