import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { problemCatalogue } from '../../problems/index.js';
import type { Answer, Operation, Schema } from './document.js';

/** How a code is carried by an operation until its answers are written. */
const CODE_PREFIX = 'x-problem-';
const CHANGE_PREFIX = 'x-change-problem-';

/**
 * Names problems that a route, or every route of a controller, can answer with, by their codes; those that
 * follow from what the route takes (a key, a body, a cursor) are added to the document by themselves.
 */
export function Problems(...codes: string[]): ClassDecorator & MethodDecorator {
  return applyDecorators(...codes.map((code) => ApiExtension(CODE_PREFIX + code, true) as MethodDecorator));
}

/** The same, of routes that change something; on those that only read it says nothing. */
export function ProblemsOfChanges(...codes: string[]): ClassDecorator & MethodDecorator {
  return applyDecorators(...codes.map((code) => ApiExtension(CHANGE_PREFIX + code, true) as MethodDecorator));
}

/** What any route can answer, whatever it takes. */
const ALWAYS = ['bad_request', 'headers_too_large', 'internal_error', 'service_unavailable'];

/** What can be wrong with a body before a route looks at what it says. */
const OF_BODIES = [
  ...['malformed_json', 'duplicate_key', 'forbidden_key', 'json_too_deep', 'invalid_character'],
  ...['invalid_utf8', 'invalid_encoding', 'request_timeout', 'payload_too_large', 'unsupported_media_type'],
];

/** Writes the answers of an operation's problems, one for each status, with the codes that it can have. */
export function describeProblems(operation: Operation, method: string): void {
  const named = takeNamedCodes(operation, CODE_PREFIX);
  const ofChanges = takeNamedCodes(operation, CHANGE_PREFIX);
  const codes = new Set([
    ...[...ALWAYS, ...impliedCodes(operation, method), ...named],
    ...(method === 'get' ? [] : ofChanges),
  ]);
  const byStatus = new Map<number, string[]>();
  for (const code of [...codes].sort()) {
    const definition = problemCatalogue().get(code);
    if (!definition)
      throw new Error(`${operation.operationId} names the problem ${code}, which nobody declares.`);
    byStatus.set(definition.status, [...(byStatus.get(definition.status) ?? []), code]);
  }
  const successes = Object.entries(operation.responses).filter(([status]) => /^[23]/.test(status));
  const problems = [...byStatus].map(([status, of]) => [String(status), problemAnswer(of)] as const);
  operation.responses = Object.fromEntries([...successes, ...problems]);
}

/** A body is read, and refused for what is wrong with it, also where a route asks for none. */
function impliedCodes({ parameters = [] }: Operation, method: string): string[] {
  const query = parameters.filter(({ in: place }) => place === 'query');
  return [
    ...(method === 'get' ? [] : [...OF_BODIES, 'validation_failed']),
    ...(query.length > 0 ? ['validation_failed'] : []),
    ...(query.some(({ name }) => /cursor$/i.test(name)) ? ['invalid_cursor'] : []),
    ...(parameters.some(({ in: place }) => place === 'path') ? ['uri_too_long'] : []),
  ];
}

function takeNamedCodes(operation: Operation, prefix: string): string[] {
  const extensions = Object.keys(operation).filter((key) => key.startsWith(prefix));
  for (const key of extensions) delete operation[key as `x-${string}`];
  return extensions.map((key) => key.slice(prefix.length));
}

/** The answer with a problem that has one of these codes. */
export function problemAnswer(codes: readonly string[]): Answer {
  const titles = codes.map((code) => `\`${code}\`: ${problemCatalogue().get(code)?.title}`);
  // In JSON Schema 2020-12 a reference may have neighbours, which narrow it.
  const schema = {
    $ref: '#/components/schemas/ProblemDocument',
    properties: { code: { enum: [...codes] } },
  } satisfies Schema;
  return { description: titles.join('; '), content: { 'application/problem+json': { schema } } };
}
