import { applyDecorators } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { Problems } from '../../platform/http/index.js';

/** Documents the `:agreement` of a route, or of every route of a controller, and what comes of an unknown one. */
export function OfAgreement(): ClassDecorator & MethodDecorator {
  return applyDecorators(
    ApiParam({ name: 'agreement', description: 'Code of the agreement', example: 'alpha-beta' }),
    Problems('unknown_agreement'),
  );
}
