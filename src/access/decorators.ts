import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiExtension } from '@nestjs/swagger';
import { Config } from '../platform/config/index.js';
import { AddRouteConfig, DEMAND, Limits, Problems, ProblemsOfChanges } from '../platform/http/index.js';
import type { Scope } from './rules/scopes.js';

export { Public } from '../platform/http/index.js';

/** What a route demands of its caller: nothing at all, or a key with these scopes. */
export type Demand = 'public' | { scopes: readonly Scope[] };

const { RATE_LIMIT_PER_KEY, RATE_LIMIT_PER_PROVIDER } = new Config();

/** Demands a key that has all of these scopes; without any, every valid key will do. */
export function Scopes(...scopes: Scope[]): MethodDecorator {
  return applyDecorators(
    SetMetadata(DEMAND, { scopes } satisfies Demand),
    AddRouteConfig({ needsCaller: true }),
    ApiBearerAuth('key'),
    ApiCookieAuth('session'),
    ApiExtension('x-scopes', scopes),
    Problems('unauthenticated', 'rate_limited', 'token_issuer_unavailable'),
    Problems(...(scopes.length > 0 ? ['insufficient_scope'] : [])),
    ProblemsOfChanges('cross_site_request'),
    Limits({
      key_requests_per_minute: RATE_LIMIT_PER_KEY,
      provider_requests_per_minute: RATE_LIMIT_PER_PROVIDER,
    }),
  );
}
