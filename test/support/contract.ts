import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { compiledFile } from './compile.js';

/** A schema as far as it is looked into here. */
interface Schema {
  [keyword: string]: unknown;
  type?: string | string[];
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
}

/** A header as it is described in `components`. */
interface Header {
  description: string;
  required?: boolean;
  schema: Schema;
  example: unknown;
}

interface Content {
  content?: Record<
    string,
    { schema?: Schema; example?: unknown; examples?: Record<string, { $ref?: string; value?: unknown }> }
  >;
}

interface Response extends Content {
  description?: string;
  $ref?: string;
  headers?: Record<string, { $ref: string }>;
}

/** An operation of `openapi.yaml`. */
export interface Operation {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: {
    name: string;
    in: 'path' | 'query' | 'header';
    required?: boolean;
    description?: string;
    example?: unknown;
    schema: Schema;
  }[];
  requestBody?: Content & { required?: boolean };
  responses: Record<string, Response>;
  'x-scopes'?: string[];
  'x-limits'?: Record<string, number>;
}

/** An operation with its place: `path` is a template such as `/v1/jobs/{id}`. */
export interface Route {
  method: string;
  path: string;
  name: string;
  operation: Operation;
}

/** The committed OpenAPI document. */
export interface ApiDocument {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    responses: Record<string, Response>;
    headers: Record<string, Header>;
    examples: Record<string, { value: unknown }>;
    securitySchemes: Record<string, object>;
  };
  'x-headers': Record<string, Header>;
}

/** What was sent, and what came back. */
export interface Exchange {
  method: string;
  /** With its query. */
  path: string;
  sent?: { contentType: string; text: string } | undefined;
  answer: Answer;
}

interface Answer {
  status: number;
  contentType: string;
  text: string;
  headers: Iterable<readonly [name: string, value: string]>;
}

/** What every HTTP message may have: how it is sent, and when, is no part of the API. */
const OF_MESSAGES = [
  ...['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'trailer', 'transfer-encoding'],
];

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** As JSON Schema and OpenAPI define them; RFC 3339 allows any offset. */
const FORMATS = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  'uri-reference': /^[^\s<>"{}|\\^`]*$/,
  binary: true as const,
};

/** `openapi.yaml`, as it was when this test run began. */
export function readDocument(): ApiDocument {
  const document = JSON.parse(readFileSync(compiledFile('openapi.json'), 'utf8')) as ApiDocument;
  // Answers that several operations share are put where they are referred to.
  for (const { operation } of routesOf(document)) {
    for (const [status, { $ref }] of Object.entries(operation.responses)) {
      const shared = $ref && document.components.responses[$ref.split('/').at(-1)!];
      if (shared) operation.responses[status] = shared;
    }
  }
  return document;
}

/** Every route of the document. */
export function routesOf({ paths }: ApiDocument): Route[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        name: `${method.toUpperCase()} ${path}`,
        operation,
      })),
  );
}

/**
 * Holds exchanges to `openapi.yaml`: status, media type and body of every answer, and the body of every request
 * that was taken. In answers no member may be undocumented, though clients have to expect new ones.
 */
export class Contract {
  readonly document = readDocument();
  readonly routes = routesOf(this.document);
  private readonly patterns = this.routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly answers = validatorOf(closed(this.document));
  private readonly requests = validatorOf(this.document);

  /** The route that a path belongs to; of several the one with the most literal text. */
  routeOf(method: string, path: string): Route | undefined {
    return this.routesAt(path).find((route) => route.method === (method === 'HEAD' ? 'GET' : method));
  }

  /** What of an exchange is not as documented, in a sentence; null where everything is. */
  faultIn(exchange: Exchange): string | null {
    const { method, path, answer } = exchange;
    const route = this.routeOf(method, path);
    const fault = route ? this.faultAt(route, exchange) : this.faultOff(method, path, answer);
    return fault && `${method} ${path} answered ${answer.status}: ${fault}\n${answer.text.slice(0, 2000)}`;
  }

  /** What is wrong with a value as an example of the schema at a JSON Pointer into the document. */
  faultInExample(pointer: string, value: unknown): string | null {
    return this.faultInValue(this.requests, pointer, value);
  }

  private routesAt(path: string): Route[] {
    const bare = path.split(/[?#]/)[0]!;
    return this.patterns
      .filter(({ pattern }) => pattern.test(bare))
      .map(({ route }) => route)
      .sort((a, b) => literalLength(b.path) - literalLength(a.path));
  }

  private faultAt(route: Route, { method, sent, answer }: Exchange): string | null {
    const { status, contentType, text } = answer;
    const response = route.operation.responses[status];
    const at = `src/**/http has to document it on ${route.operation.operationId}, then \`npm run openapi\``;
    if (!response) return `the status is not in openapi.yaml; ${at} (a problem by @Problems(code))`;
    const wrong = this.faultInHeaders(response, answer);
    if (wrong) return `${wrong}; ${at} (@AnswerHeaders(), or \`headers\` of the problem)`;
    if (method === 'HEAD') return null;
    const type = essenceOf(contentType);
    if (!response.content) return text === '' ? null : `the answer should have no body; ${at}`;
    if (!response.content[type]) return `the media type ${type || '(none)'} is not in openapi.yaml; ${at}`;
    const body = ['paths', route.path, method.toLowerCase(), 'responses', String(status), 'content', type];
    const fault = isJson(type) && this.faultInText(this.answers, pointerOf([...body, 'schema']), text);
    if (fault) return `the body is not what openapi.yaml says; ${at}: ${fault}`;
    const { example } = response.content[type];
    if (type === 'text/csv' && typeof example === 'string' && headerOf(text) !== headerOf(example))
      return `the columns are not those of the example in openapi.yaml; ${at}: ${headerOf(text)}`;
    return this.faultInSent(route, sent, status);
  }

  /** That each header is documented, and as documented, and that none is missing. */
  private faultInHeaders({ headers: refs = {} }: Response, answer: Answer): string | null {
    const { components, 'x-headers': everywhere } = this.document;
    const documented = new Map(
      Object.entries(everywhere).map(([name, header]) => [name.toLowerCase(), header]),
    );
    for (const name of Object.keys(refs)) documented.set(name.toLowerCase(), components.headers[name]!);
    const sent = new Map([...answer.headers].map(([name, value]) => [name.toLowerCase(), value]));
    for (const [name, { required }] of documented) {
      if (required && !sent.has(name)) return `the header ${name} is missing`;
    }
    for (const [name, value] of sent) {
      if (OF_MESSAGES.includes(name)) continue;
      const header = documented.get(name);
      if (!header) return `the header ${name} is not in openapi.yaml`;
      const fault = this.faultInHeader(header, value);
      if (fault) return `the header ${name} is not what openapi.yaml says: ${fault}`;
    }
    return null;
  }

  /** What is wrong with a value of a header. */
  faultInHeader({ schema }: Header, value: unknown): string | null {
    const typed = schema.type === 'integer' && /^\d+$/.test(String(value)) ? Number(value) : value;
    return this.requests.validate(schema, typed) ? null : this.requests.errorsText();
  }

  /** Of requests that were taken: then the document must allow them. A batch in parts is taken with faults in it. */
  private faultInSent(route: Route, sent: Exchange['sent'], status: number): string | null {
    // Content in a GET has no meaning (RFC 9110, section 9.3.1), and nobody reads it.
    if (!sent?.text || route.method === 'GET' || status < 200 || status > 299 || status === 207) return null;
    const type = essenceOf(sent.contentType);
    const { content } = route.operation.requestBody ?? {};
    // An empty object says nothing, and is taken for no body.
    if (!content)
      return sent.text.trim() === '{}' ? null : 'the request had a body, which openapi.yaml does not have';
    if (!isJson(type) || !content[type]) return null;
    const place = ['paths', route.path, route.method.toLowerCase(), 'requestBody', 'content', type, 'schema'];
    const fault = this.faultInText(this.requests, pointerOf(place), sent.text);
    return fault && `the request was taken though openapi.yaml forbids it: ${fault}`;
  }

  /** Off the documented routes there are problems only, but for the documentation itself. */
  private faultOff(method: string, path: string, answer: Exchange['answer']): string | null {
    if (/^\/(docs|openapi\.yaml)(\/|$|\?)/.test(path)) return null;
    if (answer.status < 400) return `there is no ${method} ${path.split('?')[0]} in openapi.yaml`;
    if (method === 'HEAD') return null;
    if (essenceOf(answer.contentType) !== 'application/problem+json')
      return 'the answer is no problem document';
    const fault = this.faultInText(this.answers, '/components/schemas/ProblemDocument', answer.text);
    const { code } = JSON.parse(answer.text) as { code: string };
    const { responses } = this.document.components;
    return fault ?? this.faultInHeaders(responses[code] ?? responses['not_found']!, answer);
  }

  private faultInText(ajv: Ajv2020, pointer: string, text: string): string | null {
    try {
      return this.faultInValue(ajv, pointer, JSON.parse(text));
    } catch (error) {
      return `it is no JSON: ${String(error)}`;
    }
  }

  private faultInValue(ajv: Ajv2020, pointer: string, value: unknown): string | null {
    const key = `${ajv === this.answers} ${pointer}`;
    const validate = this.validators.get(key) ?? ajv.compile({ $ref: `api#${encodeURI(pointer)}` });
    this.validators.set(key, validate);
    if (validate(value)) return null;
    return validate
      .errors!.map(({ instancePath, message, params }) => {
        return `${instancePath || 'it'} ${message} ${JSON.stringify(params)}`;
      })
      .join('; ');
  }
}

/** A JSON Pointer (RFC 6901) of these steps. */
export function pointerOf(steps: readonly string[]): string {
  return steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function validatorOf(document: ApiDocument): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, formats: FORMATS, allErrors: true });
  // OpenAPI's own keywords are no business of ajv's, nor is the document as a schema.
  ajv.addSchema(document, 'api', false, false);
  return ajv;
}

/** A copy in which every object has the documented members and no others. */
function closed(document: ApiDocument): ApiDocument {
  const copy = structuredClone(document);
  const close = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const schema = value as Schema;
    if (schema.properties && schema.type === 'object') schema.additionalProperties ??= false;
    Object.values(schema).forEach(close);
  };
  close(copy.components.schemas);
  close(copy.paths);
  return copy;
}

function patternOf(template: string): RegExp {
  const source = template
    .split(/\{\w+\}/)
    .map((literal) => literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^/]+');
  return new RegExp(`^${source}$`);
}

function literalLength(template: string): number {
  return template.replace(/\{\w+\}/g, '').length;
}

/** Whether a media type is JSON (RFC 6839); NDJSON is not. */
export function isJson(type: string): boolean {
  return type === 'application/json' || type.endsWith('+json');
}

function essenceOf(contentType: string): string {
  return contentType.split(';')[0]!.trim().toLowerCase();
}

function headerOf(csv: string): string {
  return csv.split('\r\n')[0]!;
}
