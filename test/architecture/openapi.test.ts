import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { parse } from 'yaml';
import { AppModule } from '../../src/app.module.js';
import { Config } from '../../src/platform/config/index.js';
import { unconnectedDatabases } from '../../src/platform/database/index.js';
import { openApiText } from '../../src/platform/http/index.js';
import type { JobQueue } from '../../src/platform/queue/index.js';

/** Routes that need no key; a new one is thought over here first. */
const PUBLIC = [
  'GET /.well-known/peerledger-keys.json',
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
  'GET /problems',
  'GET /problems/{code}',
];

interface Operation {
  operationId?: string;
  security?: Record<string, string[]>[];
}

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

describe('openapi.yaml', () => {
  const text = readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8');
  const document = parse(text) as {
    openapi: string;
    paths: Record<string, Record<string, Operation>>;
    components: { securitySchemes: Record<string, object> };
  };
  let operations: [name: string, operation: Operation][];

  beforeAll(() => {
    operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([method]) => METHODS.includes(method))
        .map(([method, operation]): [string, Operation] => [`${method.toUpperCase()} ${path}`, operation]),
    );
  });

  it('describes the routes as they are', async () => {
    const resources = { config: new Config(), ...unconnectedDatabases(), queue: {} as JobQueue };
    // On a difference run `npm run openapi` and commit the file.
    expect(await openApiText(AppModule.forRoot(resources))).toBe(text);
  });

  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(document);
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
    expect(document.openapi).toMatch(/^3\.1\.\d$/);
  });

  it('has every route of the service', () => {
    expect(operations.length).toBeGreaterThan(30);
  });

  it('names every operation, once', () => {
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(ids.filter((id) => !/^[a-z][A-Za-z]+$/.test(id ?? ''))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('asks for a key wherever a route is not public', () => {
    const open = operations.filter(([, { security }]) => !security?.length).map(([name]) => name);
    expect(open.sort()).toEqual(PUBLIC);
    const schemes = operations.flatMap(([, { security = [] }]) => security.flatMap(Object.keys));
    expect([...new Set(schemes)]).toEqual(Object.keys(document.components.securitySchemes));
  });
});
