import type { OpenAPIObject } from '@nestjs/swagger';

/** A JSON Schema as far as this document uses them (OpenAPI 3.1, JSON Schema 2020-12). */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  const?: unknown;
  minimum?: number;
  example?: unknown;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
}

export interface MediaType {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { $ref?: string; value?: unknown }>;
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header' | 'cookie';
  required?: boolean;
  description?: string;
  example?: unknown;
  schema?: Schema;
}

export interface Answer {
  description: string;
  headers?: Record<string, { $ref: string }>;
  content?: Record<string, MediaType>;
}

/** One method of one path. */
export interface Operation {
  operationId?: string;
  description?: string;
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, MediaType> };
  responses: Record<string, Answer | { $ref: string }>;
  [extension: `x-${string}`]: unknown;
}

export interface Document extends Omit<OpenAPIObject, 'paths' | 'components'> {
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    responses?: Record<string, Answer>;
    headers?: Record<string, object>;
    examples?: Record<string, { value: unknown }>;
    securitySchemes?: Record<string, object>;
  };
  /** Headers of every answer. */
  'x-headers'?: Record<string, object>;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options'];

/** Every operation with its path. */
export function operationsOf({ paths }: Document): { path: string; method: string; operation: Operation }[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => ({ path, method, operation })),
  );
}

/** Whether an answer is written here, and not only referred to. */
export function isAnswer(answer: Answer | { $ref: string }): answer is Answer {
  return 'description' in answer;
}

/** The codes of the problems that an answer is for; none of one that is no problem. */
export function codesOf(answer: Answer | { $ref: string }): string[] {
  if (!isAnswer(answer)) return [];
  return (answer.content?.['application/problem+json']?.schema?.properties?.['code']?.enum ?? []) as string[];
}

const SCHEMA_PREFIX = '#/components/schemas/';

/** The name of the component that a schema refers to. */
export function referredName({ $ref }: Schema): string | undefined {
  return $ref?.startsWith(SCHEMA_PREFIX) ? $ref.slice(SCHEMA_PREFIX.length) : undefined;
}

/** The schemas that a schema is directly made of. */
export function partsOf(schema: Schema): Schema[] {
  const { properties = {}, items, allOf = [], anyOf = [], oneOf = [], additionalProperties } = schema;
  return [
    ...Object.values(properties),
    ...(items ? [items] : []),
    ...allOf,
    ...anyOf,
    ...oneOf,
    ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
  ];
}
