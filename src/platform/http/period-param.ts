import { Param, type PipeTransform } from '@nestjs/common';
import { httpProblems } from './problems.js';

const PERIOD = /^(19[7-9]\d|[2-9]\d{3})-(0[1-9]|1[0-2])$/;

/** A path's `:period`, a calendar month `YYYY-MM`; anything else is a 422 that says so. */
export function PeriodParam(): ParameterDecorator {
  return Param('period', new PeriodPipe());
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
