import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiCookieAuth, ApiExtension } from '@nestjs/swagger';
import { AddRouteConfig, DEMAND } from '../platform/http/index.js';
import type { Scope } from './rules/scopes.js';

export { Public } from '../platform/http/index.js';

/** What a route demands of its caller: nothing at all, or a key with these scopes. */
export type Demand = 'public' | { scopes: readonly Scope[] };

/** Demands a key that has all of these scopes; without any, every valid key will do. */
export function Scopes(...scopes: Scope[]): MethodDecorator {
  return applyDecorators(
    SetMetadata(DEMAND, { scopes } satisfies Demand),
    AddRouteConfig({ needsCaller: true }),
    ApiBearerAuth('key'),
    ApiCookieAuth('session'),
    ApiExtension('x-scopes', scopes),
  );
}
