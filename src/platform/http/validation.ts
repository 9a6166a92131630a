import type { ArgumentMetadata } from '@nestjs/common';
import { Injectable, ValidationPipe, type PipeTransform } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { inexactNumbersIn, pointerTo } from '../json/index.js';
import type { FieldError } from '../problems/index.js';
import { httpProblems } from './problems.js';

const ERRORS_SHOWN_MAX = 1000;

const INHERITED = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

/** Turns what class-validator found into what the client is told, one entry a member. */
export function fieldErrors(
  errors: readonly ValidationError[],
  source: 'body' | 'query' | 'path' = 'body',
): FieldError[] {
  return errors.flatMap((error) => errorsOf(error, source, ''));
}

/** A `validation_failed` problem with the first of the errors, and their number when there are more. */
export function validationFailed(errors: readonly FieldError[]): Error {
  const shown = errors.slice(0, ERRORS_SHOWN_MAX);
  const detail =
    errors.length === 1
      ? `${errors[0]?.pointer || 'The body'}: ${errors[0]?.detail}`
      : `${errors.length} things are wrong with the request; errors lists them.`;
  return httpProblems.validation_failed(detail, { errors: shown, errorCount: errors.length });
}

/** Checks bodies, queries and path parameters against their DTO; refuses what the DTO does not know. */
@Injectable()
export class RequestValidationPipe implements PipeTransform {
  private readonly pipes: Partial<Record<ArgumentMetadata['type'], ValidationPipe>> = {
    body: pipeFor('body'),
    query: pipeFor('query'),
    param: pipeFor('path'),
  };

  transform(value: unknown, metadata: ArgumentMetadata): unknown {
    if (metadata.type === 'custom') return value;
    if (metadata.type === 'body' && isDto(metadata)) {
      requireObject(value);
      requireExactNumbers(value);
    }
    if (metadata.type === 'query' && isDto(metadata)) refuseInherited(value as object);
    const pipe = this.pipes[metadata.type];
    return pipe ? pipe.transform(value, metadata) : value;
  }
}

function pipeFor(source: 'body' | 'query' | 'path'): ValidationPipe {
  return new ValidationPipe({
    transform: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => validationFailed(fieldErrors(errors, source)),
  });
}

function isDto(metadata: ArgumentMetadata): boolean {
  const builtIn: unknown[] = [Object, String, Number, Boolean, Array, Buffer, undefined];
  return !builtIn.includes(metadata.metatype);
}

/**
 * class-validator takes names that every object inherits, such as `toString`, for fields that it knows, and
 * class-transformer leaves some of them out. Bodies cannot have them: see `parseJson`.
 */
function refuseInherited(query: object): void {
  const errors = Object.keys(query)
    .filter((name) => INHERITED.has(name))
    .map((name) => ({ pointer: `?${name}`, code: 'unknown_field', detail: unknownField(name, 'query') }));
  if (errors.length > 0) throw validationFailed(errors);
}

function requireObject(value: unknown): void {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  const detail =
    value === undefined
      ? 'The body must be a JSON object; it is missing.'
      : 'The body must be a JSON object.';
  throw httpProblems.validation_failed(detail, {
    errors: [{ pointer: '', code: 'is_object', detail }],
    errorCount: 1,
  });
}

/** Refuses all that a body may say where nothing is asked: `validation_failed`, unless it is an empty object. */
export function refuseContent(body: unknown): void {
  requireObject(body);
  const errors = Object.keys(body as object).map((name) => ({
    pointer: pointerTo([name]),
    code: 'unknown_field',
    detail: unknownField(name, 'body'),
  }));
  if (errors.length > 0) throw validationFailed(errors);
}

function requireExactNumbers(body: unknown): void {
  const errors = inexactNumbersIn(body).map(({ path, text }) => ({
    pointer: pointerTo(path),
    code: 'inexact_number',
    detail: `${text} is not a whole number that JSON numbers carry exactly; send it as a string.`,
  }));
  if (errors.length > 0) throw validationFailed(errors);
}

function errorsOf(error: ValidationError, source: 'body' | 'query' | 'path', parent: string): FieldError[] {
  const pointer = source === 'body' ? parent + pointerTo([error.property]) : `?${error.property}`;
  // Decorators are run from the last to the first, and the first says most of what a member has to be.
  const own = Object.entries(error.constraints ?? {})
    .slice(-1)
    .map(([rule, message]) => ({
      pointer: source === 'path' ? `:${error.property}` : pointer,
      code: rule === 'whitelistValidation' ? 'unknown_field' : snakeCase(rule),
      detail:
        rule === 'whitelistValidation'
          ? unknownField(error.property, source)
          : sentence(error.property, message),
    }));
  return [...own, ...(error.children ?? []).flatMap((child) => errorsOf(child, source, pointer))];
}

function unknownField(name: string, source: 'body' | 'query' | 'path'): string {
  const what = source === 'body' ? 'field' : 'parameter';
  return `There is no ${what} ${JSON.stringify(name)} here; leave it out.`;
}

/** class-validator's messages start with the property's name, our own with the verb. */
function sentence(property: string, message: string): string {
  const text = message.startsWith('must ') ? `${property} ${message}` : message;
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function snakeCase(rule: string): string {
  return rule.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}
