import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { AnswerHeaders } from './headers-of.js';

/** Documents an answer in CSV (RFC 4180, with a header row) by its first lines. */
export function ApiCsv(...lines: readonly [header: string, ...rows: string[]]): MethodDecorator {
  const example = lines.map((line) => `${line}\r\n`).join('');
  return applyDecorators(
    ApiOkResponse({ content: { 'text/csv': { schema: { type: 'string' }, example } } }),
    AnswerHeaders(200, 'Content-Disposition'),
  );
}
