import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { problemCatalogue } from '../../problems/index.js';
import { ANSWER_HEADERS, HEADERS_OF_EVERY_ANSWER, type AnswerHeader } from '../answer-headers.js';
import { codesOf, isAnswer, operationsOf, type Answer, type Document, type Operation } from './document.js';

/** How a header is carried by an operation until its answers are written. */
const HEADER_PREFIX = 'x-header-';
const REPLAYS = 'x-replays';

/**
 * Names headers that a route's answers of a status have; those that follow from what the route takes (a key, a
 * cursor) or from a problem are added to the document by themselves.
 */
export function AnswerHeaders(status: number, ...names: AnswerHeader[]): MethodDecorator {
  const each = names.map((name) => ApiExtension(`${HEADER_PREFIX}${status}-${name}`, true));
  return applyDecorators(...(each as MethodDecorator[]));
}

/** Says that a route answers a repeated request as it did the first one. */
export function replaysAnswers(): MethodDecorator {
  return ApiExtension(REPLAYS, true) as MethodDecorator;
}

/** Refusals from before a route is run, which are not kept for a repeated request. */
const NEVER_REPLAYED = new Set([401, 408, 413, 414, 415, 429, 431]);

/** Writes down the headers of every answer in the document; before answers are shared. */
export function describeHeaders(document: Document): void {
  for (const { operation } of operationsOf(document)) {
    const named = takeNamedHeaders(operation);
    const ofRoute = headersOfRoute(operation);
    for (const [status, answer] of Object.entries(operation.responses)) {
      if (!isAnswer(answer)) continue;
      addHeaders(answer, [...ofRoute(Number(status)), ...(named.get(status) ?? [])]);
    }
  }
  document.components.headers = ANSWER_HEADERS;
  document['x-headers'] = HEADERS_OF_EVERY_ANSWER;
}

/** Adds these headers to an answer, and those that it has anyway. */
export function addHeaders(answer: Answer, names: readonly string[]): void {
  const all = ['X-Request-Id', ...headersOfProblems(answer), ...names];
  const unknown = all.find((name) => !(name in ANSWER_HEADERS));
  if (unknown !== undefined) throw new Error(`The header ${unknown} is not described in ANSWER_HEADERS.`);
  const sorted = [...new Set(all)].sort();
  answer.headers = Object.fromEntries(sorted.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** What answers of a status have because of what the route takes. */
function headersOfRoute(operation: Operation): (status: number) => string[] {
  const isLimited = Object.values(operation.responses).some((answer) =>
    codesOf(answer).includes('rate_limited'),
  );
  const isReplayed = operation[REPLAYS] === true;
  delete operation[REPLAYS];
  const hasPages = operation.parameters?.some((each) => each.in === 'query' && each.name === 'cursor');
  return (status) => [
    ...(isLimited ? ['RateLimit', 'RateLimit-Policy'] : []),
    ...(isReplayed && status < 500 && !NEVER_REPLAYED.has(status) ? ['Idempotent-Replayed'] : []),
    ...(hasPages && status === 200 ? ['Link'] : []),
  ];
}

function headersOfProblems(answer: Answer): string[] {
  return codesOf(answer).flatMap((code) => {
    const { headers = [], retryAfter_s } = problemCatalogue().get(code) ?? {};
    return [...headers, ...(retryAfter_s === undefined ? [] : ['Retry-After'])];
  });
}

function takeNamedHeaders(operation: Operation): Map<string, string[]> {
  const byStatus = new Map<string, string[]>();
  for (const key of Object.keys(operation).filter((each) => each.startsWith(HEADER_PREFIX))) {
    delete operation[key as `x-${string}`];
    const [, status, name] = /^(\d{3})-(.+)$/.exec(key.slice(HEADER_PREFIX.length))!;
    if (!operation.responses[status!])
      throw new Error(`${operation.operationId} names headers of ${status}, which it never answers.`);
    byStatus.set(status!, [...(byStatus.get(status!) ?? []), name!]);
  }
  return byStatus;
}
