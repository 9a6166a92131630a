import { operationsOf, referredName, type Document, type MediaType, type Schema } from './document.js';

const UUID = '019a7d3c-5e80-7000-8000-000000000001';
const INSTANT = '2026-11-06T00:00:00Z';

/**
 * Gives every body in the document an example, put together from the examples of its members. One that is
 * written by hand stays. Bodies that are not text have none.
 */
export function addExamples(document: Document): void {
  const examples: Record<string, { value: unknown }> = {};
  for (const { operation } of operationsOf(document)) {
    const bodies = [
      ...Object.values(operation.requestBody?.content ?? {}),
      ...Object.entries(operation.responses)
        .filter(([status]) => status.startsWith('2'))
        .flatMap(([, answer]) => ('content' in answer ? Object.values(answer.content ?? {}) : [])),
    ];
    for (const body of bodies) addExample(body, document, examples);
  }
  document.components.examples = Object.fromEntries(
    Object.entries(examples).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function addExample(body: MediaType, document: Document, examples: Record<string, { value: unknown }>): void {
  if (body.example !== undefined || body.examples || !body.schema) return;
  const value = exampleOf(body.schema, document);
  if (value === undefined) return;
  const name = referredName(body.schema);
  if (name === undefined) {
    body.example = value;
    return;
  }
  examples[name] = { value };
  body.examples = { default: { $ref: `#/components/examples/${name}` } };
}

/** An example of a schema, or undefined where one of its parts has none. */
export function exampleOf(schema: Schema, document: Document): unknown {
  if (schema.example !== undefined) return schema.example;
  const name = referredName(schema);
  if (name !== undefined) return exampleOf(document.components.schemas[name] ?? {}, document);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [first] = [...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  if (first) return exampleOf(first, document);
  const [type] = [schema.type].flat().filter((each) => each !== 'null');
  return exampleOfType(type, schema, document);
}

function exampleOfType(type: string | undefined, schema: Schema, document: Document): unknown {
  if (type === 'object' || schema.properties) {
    const members = Object.entries(schema.properties ?? {});
    return Object.fromEntries(members.map(([name, member]) => [name, exampleOf(member, document)]));
  }
  if (type === 'array') {
    const item = exampleOf(schema.items ?? {}, document);
    return item === undefined ? undefined : [item];
  }
  if (type === 'boolean') return true;
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1;
  if (schema.format === 'uuid') return UUID;
  if (schema.format === 'date-time') return INSTANT;
  return undefined;
}
