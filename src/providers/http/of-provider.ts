import { applyDecorators } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { Problems } from '../../platform/http/index.js';

/** Documents the `:provider` of a route, or of every route of a controller, and what comes of an unknown one. */
export function OfProvider(): ClassDecorator & MethodDecorator {
  return applyDecorators(
    ApiParam({ name: 'provider', description: 'Code of the provider', example: 'alpha' }),
    Problems('provider_not_found'),
  );
}
