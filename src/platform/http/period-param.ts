import { applyDecorators, Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { Problems } from './openapi/problems-of.js';
import { httpProblems } from './problems.js';

const PERIOD = /^(19[7-9]\d|[2-9]\d{3})-(0[1-9]|1[0-2])$/;

/** A path's `:period`, a calendar month `YYYY-MM`; anything else is a 422 that says so. */
export function PeriodParam(): ParameterDecorator {
  return Param('period', new PeriodPipe());
}

/** Documents the `:period` of a route, or of every route of a controller. */
export function OfPeriod(): ClassDecorator & MethodDecorator {
  return applyDecorators(
    ApiParam({
      name: 'period',
      description: 'A calendar month in the agreement’s timezone',
      schema: { type: 'string', pattern: PERIOD.source, example: '2026-10' },
    }),
    Problems('validation_failed'),
  );
}

class PeriodPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    if (PERIOD.test(value)) return value;
    const detail = 'period must be a calendar month such as 2026-10.';
    throw httpProblems.validation_failed(detail, {
      errors: [{ pointer: ':period', code: 'period', detail }],
      errorCount: 1,
    });
  }
}
