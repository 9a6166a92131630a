import { describe, expect, it } from '@jest/globals';
import { SCOPES } from '../../src/access/index.js';
import '../../src/app.module.js';
import { problemCatalogue } from '../../src/platform/problems/index.js';
import { Contract, isJson, pointerOf, type Route } from '../support/contract.js';

/** State changes that need no `If-Match`, and why two people may ask for them at once. */
const WITHOUT_IF_MATCH: Record<string, string> = {
  acceptVersion: 'the hash in the body names what is accepted',
  closePeriod: 'however often it is asked, one statement comes of it',
  verifyStatement: 'it changes nothing',
};

/** Lists that end by themselves, and so have no pages. */
const WITHOUT_PAGES: Record<string, string> = {
  listProblems: 'as many as the code declares',
  proposeNetting: 'as many as there are currencies',
};

/** Schemas with values that may be anything: what differs, and what changed, of any kind of thing. */
const ANYTHING = ['AuditEventView', 'AuditedChangeView', 'StatementDifferenceView'];

const contract = new Contract();
const { document, routes } = contract;

/** What every route breaks of a rule, by its name: `rule` gives what is missing, or nothing. */
function breaches(rule: (route: Route) => (string | false | undefined | null)[]): string[] {
  return routes.flatMap((route) =>
    rule(route).flatMap((breach) =>
      breach ? [`${route.operation.operationId} (${route.name}) ${breach}`] : [],
    ),
  );
}

const parametersIn = ({ operation }: Route, place: string) =>
  (operation.parameters ?? []).filter((parameter) => parameter.in === place);
const header = (route: Route, name: string) =>
  parametersIn(route, 'header').find((parameter) => parameter.name === name);
const changes = ({ method }: Route): boolean => method !== 'GET';

/** The codes of an operation's answer with a status. */
function codesOf({ operation }: Route, status: number | string): string[] {
  const schema = operation.responses[status]?.content?.['application/problem+json']?.schema;
  const code = schema?.properties?.['code'] as { enum?: string[] } | undefined;
  return code?.enum ?? [];
}

const demand = (route: Route, status: number, code: string, where: string) =>
  !codesOf(route, status).includes(code) && `cannot answer ${status} ${code}: ${where}`;

describe('every route', () => {
  it('has its errors, with their codes', () => {
    const byDecorator = 'name it with @Problems()';
    const found = breaches((route) => {
      const { operation } = route;
      const named = Object.keys(operation.responses).filter((status) => /^[45]/.test(status));
      const hasBody = operation.requestBody !== undefined;
      return [
        ...[500, 503].map((status) => codesOf(route, status).length === 0 && `has no ${status}`),
        demand(route, 400, 'bad_request', byDecorator),
        !!operation.security?.length && demand(route, 401, 'unauthenticated', '@Scopes() names it'),
        !!operation.security?.length && demand(route, 429, 'rate_limited', '@Scopes() names it'),
        !!operation['x-scopes']?.length && demand(route, 403, 'insufficient_scope', '@Scopes() names it'),
        parametersIn(route, 'path').some(({ name }) => name !== 'period') &&
          codesOf(route, 404).length === 0 &&
          `has no 404 for what its path names: ${byDecorator}`,
        parametersIn(route, 'query').length > 0 && demand(route, 422, 'validation_failed', byDecorator),
        hasBody && demand(route, 400, 'malformed_json', byDecorator),
        hasBody && demand(route, 413, 'payload_too_large', byDecorator),
        hasBody && demand(route, 415, 'unsupported_media_type', byDecorator),
        hasBody && codesOf(route, 422).length === 0 && `has no 422: ${byDecorator}`,
        ...named.flatMap((status) => [
          codesOf(route, status).length === 0 && `has a ${status} without codes: ${byDecorator}`,
          ...codesOf(route, status).map(
            (code) =>
              problemCatalogue().get(code)?.status !== Number(status) && `has ${code} under ${status}`,
          ),
        ]),
        !Object.keys(operation.responses).some((status) => /^2/.test(status)) && 'never succeeds',
      ];
    });
    expect(found).toEqual([]);
  });

  it('says who may call it, and what it does', () => {
    const found = breaches(({ operation }) => {
      const { security, summary, tags, 'x-scopes': scopes } = operation;
      const unknown = (scopes ?? []).filter((scope) => !(SCOPES as readonly string[]).includes(scope));
      return [
        !!security?.length !== (scopes !== undefined) &&
          'has x-scopes but no security, or the other way round',
        unknown.length > 0 && `needs scopes that do not exist: ${unknown.join(', ')}`,
        (!summary || summary.length > 120) && 'needs a summary of one line in its @ApiOperation()',
        tags?.length !== 1 && 'needs one tag',
      ];
    });
    expect(found).toEqual([]);
  });

  it('describes every parameter, with an example that is valid', () => {
    const found = breaches(({ path, method, operation }) =>
      (operation.parameters ?? []).flatMap(({ name, description, example, schema }, index) => {
        const place = ['paths', path, method.toLowerCase(), 'parameters', String(index), 'schema'];
        const value = example ?? schema['example'];
        return [
          !description && `has no description of its parameter ${name}`,
          value === undefined
            ? `has no example of its parameter ${name}`
            : contract.faultInExample(pointerOf(place), value) &&
              `has a wrong example of its parameter ${name}: ${JSON.stringify(value)}`,
        ];
      }),
    );
    expect(found).toEqual([]);
  });

  it('describes headers of answers that are there, with examples that are valid', () => {
    const { headers } = document.components;
    const described = Object.entries({ ...headers, ...document['x-headers'] });
    const wrong = described.flatMap(([name, header]) => {
      if (!header.description) return `${name} has no description`;
      const fault = contract.faultInHeader(header, header.example);
      return fault ? `${name} has a wrong example: ${fault}` : [];
    });
    expect(wrong).toEqual([]);
    const answers = [
      ...Object.values(document.components.responses),
      ...routes.flatMap(({ operation }) => Object.values(operation.responses)),
    ];
    const named = answers.flatMap((answer) => Object.keys(answer.headers ?? {}));
    expect([...new Set(named)].sort()).toEqual(Object.keys(headers).sort());
  });

  it('shows a request and an answer, each valid', () => {
    const found = breaches(({ path, method, operation }) => {
      const at = ['paths', path, method.toLowerCase()];
      const bodies = [
        ...Object.entries(operation.requestBody?.content ?? {}).map(
          ([type, body]) => ({ type, body, place: [...at, 'requestBody', 'content', type] }) as const,
        ),
        ...Object.entries(operation.responses)
          .filter(([status]) => /^2/.test(status))
          .flatMap(([status, { content = {} }]) =>
            Object.entries(content).map(
              ([type, body]) =>
                ({ type, body, place: [...at, 'responses', status, 'content', type] }) as const,
            ),
          ),
      ];
      return bodies.flatMap(({ type, body, place }) => {
        if (body.schema?.['format'] === 'binary') return [];
        const values = [
          ...(body.example === undefined ? [] : [body.example]),
          ...Object.values(body.examples ?? {}).map(({ value, $ref }) =>
            $ref ? document.components.examples[$ref.split('/').at(-1)!]?.value : value,
          ),
        ];
        if (values.length === 0) {
          return [
            `has no example in ${type} (${place.join(' ')}): give every member of its DTO an \`example\``,
          ];
        }
        return values.map((value) => {
          const fault = contract.faultInExample(pointerOf([...place, 'schema']), value);
          return fault && `has a wrong example in ${type}: ${fault}`;
        });
      });
    });
    expect(found).toEqual([]);
  });

  it('lists in pages', () => {
    const found = breaches((route) => {
      const type = route.operation.responses['200']?.content?.['application/json']?.schema;
      const name = (type?.['$ref'] as string | undefined)?.split('/').at(-1);
      const members = name ? document.components.schemas[name]?.properties : undefined;
      if (!members?.['data']) return [];
      const query = Object.fromEntries(
        parametersIn(route, 'query').map(({ name, schema }) => [name, schema]),
      );
      if (WITHOUT_PAGES[route.operation.operationId]) return [!!query['cursor'] && 'has pages after all'];
      return [
        !members['nextCursor'] &&
          'has no nextCursor: make its answer with PageOf(), or say why in WITHOUT_PAGES',
        !query['cursor'] && 'takes no cursor: its query extends PageQuery',
        JSON.stringify({ ...query['limit'], description: 0, example: 0 }) ===
        JSON.stringify({
          ...query['limit'],
          minimum: 1,
          maximum: 1000,
          default: 100,
          description: 0,
          example: 0,
        })
          ? null
          : 'has no limit from 1 to 1000, by default 100',
        codesOf(route, 400).includes('invalid_cursor') ? null : 'cannot answer 400 invalid_cursor',
      ];
    });
    expect(found).toEqual([]);
  });

  it('that changes something is safe to repeat', () => {
    const found = breaches((route) => {
      if (!changes(route)) return [];
      const key = header(route, 'Idempotency-Key');
      const says = /no Idempotency-Key is needed/.test(route.operation.description ?? '');
      const repeats = key || header(route, 'If-Match')?.required || says || route.method === 'DELETE';
      return [
        !repeats && 'takes no Idempotency-Key: @Idempotent(), or say in its description why none is needed',
        key && demand(route, 400, 'invalid_idempotency_key', '@Idempotent() names it'),
        key && demand(route, 422, 'idempotency_key_reused', '@Idempotent() names it'),
        key?.required && demand(route, 400, 'idempotency_key_required', '@Idempotent() names it'),
        key?.required && demand(route, 409, 'idempotency_in_progress', '@Idempotent() names it'),
      ];
    });
    expect(found).toEqual([]);
  });

  it('that changes the state of something is given what the client saw of it', () => {
    const found = breaches((route) => {
      const isStep = changes(route) && /\}\/[a-z]+$/.test(route.path) && !/s$/.test(route.path);
      const ifMatch = header(route, 'If-Match');
      const { operationId } = route.operation;
      return [
        isStep &&
          !ifMatch &&
          !WITHOUT_IF_MATCH[operationId] &&
          'takes no If-Match, nor says why in WITHOUT_IF_MATCH',
        ifMatch && demand(route, 412, 'precondition_failed', '@ApiIfMatch() names it'),
        ifMatch?.required && demand(route, 428, 'precondition_required', '@ApiIfMatch() names it'),
      ];
    });
    expect(found).toEqual([]);
  });

  it('says what bounds it', () => {
    const found = breaches((route) => {
      const limits = route.operation['x-limits'] ?? {};
      const types = Object.keys(route.operation.requestBody?.content ?? {});
      return [
        !limits['head_bytes'] && 'has no x-limits',
        types.some(isJson) && !limits['json_body_bytes'] && 'has no limit of its body',
        parametersIn(route, 'query').some(({ name }) => name === 'limit') &&
          !limits['page_rows'] &&
          'has no limit of its pages',
        ...Object.entries(limits).map(([name, value]) => !(value > 0) && `has no figure for ${name}`),
      ];
    });
    expect(found).toEqual([]);
  });
});

describe('every schema', () => {
  const schemas = Object.entries(document.components.schemas);

  it('of an object names its members', () => {
    const vague = (value: unknown): boolean => {
      if (typeof value !== 'object' || value === null) return false;
      const { type, properties, additionalProperties } = value as Record<string, unknown>;
      if (type === 'object' && !properties && typeof additionalProperties !== 'object') return true;
      return Object.entries(value).some(([key, part]) => !/^examples?$/.test(key) && vague(part));
    };
    const found = schemas.filter(([name, schema]) => vague(schema) && !ANYTHING.includes(name));
    expect(found.map(([name]) => name)).toEqual([]);
  });

  it('of a request takes no other members', () => {
    const reached = new Set<string>();
    const reach = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      const name = (value as { $ref?: string }).$ref?.split('/schemas/')[1];
      if (name && !reached.has(name)) {
        reached.add(name);
        reach(document.components.schemas[name]);
      }
      Object.values(value).forEach(reach);
    };
    for (const { operation } of routes) reach(operation.requestBody);
    const open = [...reached].filter(
      (name) => document.components.schemas[name]!.additionalProperties !== false,
    );
    expect({ open, reached: reached.size > 20 }).toEqual({ open: [], reached: true });
  });

  it('of a member that is a text has an example, an enumeration or a format', () => {
    const missing = schemas.flatMap(([name, { properties = {} }]) =>
      Object.entries(properties)
        .filter(([, { type, example, enum: values, format }]) => {
          return [type].flat().includes('string') && example === undefined && !values && !format;
        })
        .map(([member]) => `${name}.${member} needs an \`example\` in its @ApiProperty()`),
    );
    expect(missing).toEqual([]);
  });
});
