import { applyDecorators } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { Problems } from '../../platform/http/index.js';

/** Documents the `:statement` of a route, or of every route of a controller, and what comes of an unknown one. */
export function OfStatement(): ClassDecorator & MethodDecorator {
  return applyDecorators(
    ApiParam({
      name: 'statement',
      description: 'Id of the statement',
      example: '019a7d3c-5e80-7000-8000-000000000001',
    }),
    Problems('statement_not_found'),
  );
}
