import { createHash } from 'node:crypto';
import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiHeader, ApiResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ANSWER_HEADERS } from './answer-headers.js';
import { AnswerHeaders } from './openapi/headers-of.js';
import { Problems } from './openapi/problems-of.js';
import { httpProblems } from './problems.js';

/** Metadata of routes whose answers carry an `ETag`. */
export const ETAGGED = 'peerledger:etagged';

/** How an answer gets its `ETag`. */
export interface EtagOptions {
  /** Members that say when it was asked, not what the answer is; without them the ETag is a weak one. */
  except?: readonly string[];
}

/** Gives a GET's answer an `ETag`, strong unless told otherwise, and answers `If-None-Match` with 304. */
export function Etagged(options: EtagOptions = {}): MethodDecorator {
  return applyDecorators(SetMetadata(ETAGGED, options), ApiIfNoneMatch());
}

/** Documents that a GET's answer has an `ETag`, and is 304 where `If-None-Match` names it. */
export function ApiIfNoneMatch(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'If-None-Match',
      required: false,
      schema: { type: 'string' },
      description: 'An ETag that the client has: unchanged, the answer is 304 without a body',
      example: ANSWER_HEADERS.ETag.example,
    }),
    ApiResponse({ status: 304, description: 'Not changed since the given ETag' }),
    AnswerHeaders(200, 'ETag'),
    AnswerHeaders(304, 'ETag'),
  );
}

/** The strong ETag of a representation: a resource's bytes, or what is going to be its JSON. */
export function etagOf(representation: unknown): string {
  const bytes = Buffer.isBuffer(representation) ? representation : JSON.stringify(representation);
  return `"${createHash('sha256').update(bytes).digest('base64url')}"`;
}

/** The weak ETag of a representation of which some members, at any depth, do not count. */
export function weakEtagOf(representation: unknown, except: readonly string[]): string {
  const counting = JSON.stringify(representation, (name, value: unknown) =>
    except.includes(name) ? undefined : value,
  );
  return `W/${etagOf(Buffer.from(counting))}`;
}

/** Whether `If-None-Match` names this ETag; the comparison is weak, as RFC 9110 wants it here. */
export function noneMatch(header: string | undefined, etag: string): boolean {
  if (header === undefined) return true;
  return !tagsIn(header).some((tag) => tag === '*' || tag.replace(/^W\//, '') === etag.replace(/^W\//, ''));
}

/** What the client wants to be true of a resource before it is changed. */
export interface Precondition {
  /**
   * Throws 412 unless the resource, as a GET would show it to this caller now, is what the client saw.
   * Call it where the row is locked, or two changes may both pass.
   */
  check(representation: unknown): void;
}

/** The precondition in an `If-Match` header. */
export function readPrecondition(header: string | undefined, required: boolean): Precondition {
  if (header === undefined) {
    if (required) {
      throw httpProblems.precondition_required(
        'Send If-Match with the ETag of the resource as you last read it, so that nobody is overwritten.',
      );
    }
    return { check: () => undefined };
  }
  const tags = tagsIn(header);
  return {
    check: (representation) => {
      if (tags.includes('*') || tags.includes(etagOf(representation))) return;
      throw httpProblems.precondition_failed('The resource is not what If-Match names; read it again.');
    },
  };
}

/** The `If-Match` header of a state change, as a {@link Precondition}; missing is 428. */
export const IfMatch = createParamDecorator((options: { required: boolean }, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return readPrecondition(request.headers['if-match'], options.required);
}, []) as (options: { required: boolean }) => ParameterDecorator;

/** Documents the header that {@link IfMatch} reads. */
export function ApiIfMatch(options: { required: boolean }): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'If-Match',
      required: options.required,
      schema: { type: 'string' },
      description: 'The ETag of the resource as last read',
      example: ANSWER_HEADERS.ETag.example,
    }),
    Problems('precondition_failed', ...(options.required ? ['precondition_required'] : [])),
  );
}

function tagsIn(header: string): string[] {
  return header.match(/\*|(?:W\/)?"[^"]*"/g) ?? [];
}
