import { isUtf8 } from 'node:buffer';
import { parse } from 'lossless-json';
import { exactNumber } from './inexact-number.js';
import { jsonProblems } from './json.errors.js';
import { pointerTo } from './pointer.js';

const DEPTH_MAX = 32;

/**
 * Keys that change an object's prototype when it is copied carelessly, or that every object seems to have when it
 * is looked through carelessly: class-validator takes `toString` for a field that it knows.
 */
const FORBIDDEN_KEYS = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Parses a JSON body without losing anything: numbers that JavaScript cannot carry become
 * `InexactNumber`, and whatever two parsers might read differently is refused with a problem.
 */
export function parseJson(bytes: Buffer): unknown {
  if (!isUtf8(bytes)) throw jsonProblems.invalid_utf8('The body has bytes that are not UTF-8.');
  const text = bytes.toString('utf8');
  const members_count = countMembers(text);
  const value = parseText(text);
  const inspection = { path: [] as (string | number)[], members_count: 0 };
  inspect(value, inspection);
  // The parser lets the same key pass twice with the same value; then a member is missing here.
  if (inspection.members_count !== members_count) throw duplicateKey();
  return value;
}

function parseText(text: string): unknown {
  try {
    return parse(text, null, {
      parseNumber: exactNumber,
      onDuplicateKey: ({ key }) => {
        throw duplicateKey(key);
      },
    });
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw jsonProblems.malformed_json(`The body is not valid JSON: ${error.message}.`);
  }
}

/** Counts the members of all objects, by their colons, and refuses depth before anything recurses. */
function countMembers(text: string): number {
  let members_count = 0;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === ':') members_count++;
    else if (character === '}' || character === ']') depth--;
    else if ((character === '{' || character === '[') && ++depth > DEPTH_MAX) {
      throw jsonProblems.json_too_deep(`The body is nested more than ${DEPTH_MAX} levels deep.`);
    }
  }
  return members_count;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

interface Inspection {
  path: (string | number)[];
  members_count: number;
}

function inspect(value: unknown, inspection: Inspection): void {
  if (typeof value === 'string') inspectText(value, inspection);
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) inspectMember(index, item, inspection);
    return;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return;
  for (const [key, item] of Object.entries(value)) {
    inspection.members_count++;
    if (FORBIDDEN_KEYS.has(key)) {
      throw jsonProblems.forbidden_key(`The key ${JSON.stringify(key)} is not allowed in a body.`);
    }
    inspectText(key, inspection);
    inspectMember(key, item, inspection);
  }
}

function inspectMember(step: string | number, item: unknown, inspection: Inspection): void {
  inspection.path.push(step);
  inspect(item, inspection);
  inspection.path.pop();
}

function inspectText(text: string, { path }: Inspection): void {
  const found = text.includes('\0')
    ? 'a NUL character'
    : LONE_SURROGATE.test(text)
      ? 'half a surrogate pair'
      : null;
  if (!found) return;
  const detail = `There is ${found} in a text; leave it out.`;
  throw jsonProblems.invalid_character(detail, {
    errors: [{ pointer: pointerTo(path), code: 'invalid_character', detail }],
  });
}

function duplicateKey(key?: string): Error {
  const which = key === undefined ? 'A key' : `The key ${JSON.stringify(key.slice(0, 100))}`;
  return jsonProblems.duplicate_key(`${which} appears twice in one object, so that readers could differ.`);
}
