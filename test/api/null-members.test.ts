import { readDocument, routesOf, type Operation, type Route } from '../support/contract.js';
import { startMarket, type Deal, type Market } from '../support/market.js';

type Schema = Record<string, unknown> & { properties?: Record<string, Schema>; required?: string[] };

const document = readDocument();

/** Follows a reference, also one that a schema wraps to say more of it. */
function resolved(schema: Schema): Schema {
  const { $ref, allOf } = schema as { $ref?: string; allOf?: Schema[] };
  if ($ref) return resolved(document.components.schemas[$ref.split('/').at(-1)!] as Schema);
  return allOf?.length === 1 ? resolved(allOf[0]!) : schema;
}

function isNullable(schema: Schema): boolean {
  const { type, anyOf, oneOf } = schema as { type?: string | string[]; anyOf?: Schema[]; oneOf?: Schema[] };
  if (type === 'null' || (Array.isArray(type) && type.includes('null'))) return true;
  return [...(anyOf ?? []), ...(oneOf ?? [])].some((each) => isNullable(resolved(each)));
}

/** Every member that may be left out and not be null, by where it is in bodies of a schema. */
function optionalIn(schema: Schema, path: readonly string[] = []): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, given]) => {
    const member = resolved(given);
    const here = [...path, name];
    const isOptional = !(schema.required ?? []).includes(name) && !isNullable(given) && !isNullable(member);
    return [...(isOptional ? [here] : []), ...optionalIn(member, here)];
  });
}

function exampleOf({ requestBody }: Operation): object {
  const { example, examples } = requestBody!.content!['application/json']!;
  const first = Object.values(examples ?? {})[0];
  const value = first?.$ref
    ? document.components.examples[first.$ref.split('/').at(-1)!]!.value
    : (first?.value ?? example);
  return structuredClone(value) as object;
}

/** An example with null at a place; objects on the way there are made where it has none. */
function withNull(example: object, path: readonly string[]): object {
  let at = example as Record<string, unknown>;
  for (const name of path.slice(0, -1)) at = (at[name] ??= {}) as Record<string, unknown>;
  at[path.at(-1)!] = null;
  return example;
}

/**
 * Routes that are looked at: those whose path names nothing but a provider or an agreement, since a 404 comes before
 * what is wrong with a body. In records of batches null is none (`read-record.test.ts`).
 */
const CASES = routesOf(document)
  .filter(({ path, operation }) => {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
    const isBatch = operation.operationId.startsWith('submitBatch') || path.endsWith('/batches');
    const schema = operation.requestBody?.content?.['application/json']?.schema;
    return schema && !isBatch && named.every((name) => ['agreement', 'provider'].includes(name));
  })
  .flatMap((route) => {
    const schema = resolved(route.operation.requestBody!.content!['application/json']!.schema as Schema);
    return optionalIn(schema).map((path): [string, string, Route, string[]] => [
      route.name,
      `/${path.join('/')}`,
      route,
      path,
    ]);
  });

let market: Market;
let deal: Deal;

beforeAll(async () => {
  market = await startMarket();
  deal = await market.deal();
});
afterAll(() => market.close());

it('there are members to try, of several routes', () => {
  expect(new Set(CASES.map(([name]) => name)).size).toBeGreaterThan(4);
  expect(CASES.length).toBeGreaterThan(20);
});

describe('null in the place of a member that may be left out', () => {
  it.each(CASES)('is refused by %s at %s', async (_, pointer, { method, path, operation }, members) => {
    const isOperators = operation['x-scopes']?.every((scope) => scope === 'operator') ?? false;
    const answer = await market.request(
      method,
      path.replace('{agreement}', deal.code).replace('{provider}', deal.a.code),
      {
        key: isOperators ? market.operatorKey : deal.a.key,
        body: withNull(exampleOf(operation), members),
        headers: { 'If-Match': '*' },
      },
    );
    expect({ status: answer.status, pointers: pointersOf(answer.body) }).toEqual({
      status: 422,
      pointers: expect.arrayContaining([pointer]),
    });
  });
});

function pointersOf(body: { errors?: { pointer: string }[] }): string[] {
  return (body.errors ?? []).map(({ pointer }) => pointer);
}
