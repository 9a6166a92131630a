import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiConsumes } from '@nestjs/swagger';
import type { FastifyContextConfig } from 'fastify';
import { documentBodyLimit } from './openapi/limits.js';
import type { BodyLimitName } from './request.js';

/** Where Nest's `RouteConfig` keeps its object; it exports the decorator only. */
const ROUTE_CONFIG = '__fastify_route_config__';

/** Adds to the Fastify route's `config`; several of these on one method add up. */
export function AddRouteConfig(config: Partial<FastifyContextConfig>): MethodDecorator {
  return (target, key, descriptor) => {
    const handler = descriptor.value as object;
    const present = (Reflect.getMetadata(ROUTE_CONFIG, handler) ?? {}) as object;
    RouteConfig({ ...present, ...config })(target, key, descriptor);
  };
}

/** Sets how many inflated bytes a body may have here: a named limit, or a number of bytes. */
export function BodyLimit(limit: BodyLimitName | number): MethodDecorator {
  return applyDecorators(AddRouteConfig({ bodyLimit: limit }), documentBodyLimit(limit));
}

/** Hands every body over as an inflated stream, JSON too. */
export function ReadsStreams(): MethodDecorator {
  return AddRouteConfig({ readsStreams: true });
}

/**
 * Names every media type that a body may have here; `application/json` alone is the default.
 * `application/x-ndjson` and `text/csv` arrive as an inflated stream, the JSON ones parsed.
 */
export function Consumes(...types: string[]): MethodDecorator {
  return applyDecorators(AddRouteConfig({ consumes: types }), ApiConsumes(...types));
}
