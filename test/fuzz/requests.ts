import { brotliCompressSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { isJson, type ApiDocument, type Route } from '../support/contract.js';
import { HOSTILE_AUTHORIZATIONS, HOSTILE_HEADERS, HOSTILE_SEGMENTS, HOSTILE_TEXTS } from './hostile.js';
import { breakages, brokenText, Values } from './values.js';
import type { WireRequest } from './wire.js';
import type { CallerName, World } from './world.js';

/** A request, and who sends it. */
export interface FuzzedRequest {
  caller: CallerName;
  wire: WireRequest;
}

const CALLERS: CallerName[] = ['a', 'b', 'c', 'stranger', 'operator', 'nobody'];
const OTHER_METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND'];

/** Requests to every route of the document: most nearly right, the rest broken in one way or another. */
export function fuzzedRequests(
  document: ApiDocument,
  routes: readonly Route[],
  world: World,
): fc.Arbitrary<FuzzedRequest> {
  const values = new Values(document, world);
  return fc.oneof(...routes.map((route) => requestsOf(route, values, world)));
}

/** Picks the usual more often than the hostile. */
function mostly<T>(usual: fc.Arbitrary<T>, hostile: fc.Arbitrary<T>, weight = 12): fc.Arbitrary<T> {
  return fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: hostile });
}

function requestsOf(route: Route, values: Values, world: World): fc.Arbitrary<FuzzedRequest> {
  return fc
    .record({
      caller: fc.constantFrom(...CALLERS),
      authorization: mostly(fc.constant(null), fc.constantFrom(...HOSTILE_AUTHORIZATIONS), 40),
      method: mostly(fc.constant(route.method), fc.constantFrom(...OTHER_METHODS), 40),
      path: pathsOf(route, values),
      query: queriesOf(route, values),
      headers: headersOf(route, world),
      body: bodiesOf(route, values),
    })
    .map(({ caller, authorization, method, path, query, headers, body }) => {
      const key = world.keys[caller];
      const bearer = authorization ?? (key === null ? null : `Bearer ${key}`);
      return {
        caller,
        wire: {
          ...{ method, path: path + query, body: body.bytes, cutAt: body.cutAt },
          headers: { ...body.headers, ...headers, ...(bearer !== null && { Authorization: bearer }) },
        },
      };
    });
}

function pathsOf({ path, operation }: Route, values: Values): fc.Arbitrary<string> {
  const parts = path.split(/(\{\w+\})/).map((part): fc.Arbitrary<string> => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined) return fc.constant(part);
    const schema = operation.parameters!.find((each) => each.in === 'path' && each.name === name)!.schema;
    // An id in a path is of whatever the path lists.
    const named = name === 'id' ? (/batches/.test(path) ? 'batch' : /jobs/.test(path) ? 'job' : 'key') : name;
    const usual = values.of(schema, named).map((value) => encodeURIComponent(wellFormed(String(value))));
    return mostly(usual, fc.constantFrom(...HOSTILE_SEGMENTS), 15);
  });
  return fc.tuple(...parts).map((each) => each.join(''));
}

/** Lone surrogates cannot be put into a URL by any client. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

function queriesOf({ operation }: Route, values: Values): fc.Arbitrary<string> {
  const known = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
  const pairs = known.map(({ name, schema, required }) => {
    const usual = /cursor$/i.test(name) ? cursors : values.of(schema, name).map(String);
    const encoded = mostly(
      usual.map((text) => encodeURIComponent(wellFormed(text))),
      fc.constantFrom(...HOSTILE_SEGMENTS),
      8,
    );
    return fc.option(
      encoded.map((text) => `${name}=${text}`),
      { freq: required ? 8 : 1, nil: null },
    );
  });
  const strange = mostly(
    fc.constant(null),
    fc.constantFrom(
      'unknown=1',
      'limit=1&limit=2',
      'limit[]=1',
      'limit[a]=1',
      '=',
      '&&&',
      '%zz',
      '%00=1',
      '__proto__=1',
    ),
    20,
  );
  return fc.tuple(...pairs, strange).map((all) => {
    const present = all.filter((each) => each !== null);
    return present.length > 0 ? `?${present.join('&')}` : '';
  });
}

/** Cursors that look like the service's own, and others. */
const cursors: fc.Arbitrary<string> = fc.oneof(
  fc
    .array(
      fc.oneof(
        ...[
          fc.uuid(),
          fc.nat(),
          fc.double({ noNaN: true }),
          fc.string(),
          fc.constant(null),
          fc.constant('aToB'),
        ],
        ...[
          fc.constant('2025-03-05T00:00:00Z'),
          fc.constant(Date.UTC(2025, 2, 5)),
          fc.constant(''),
          fc.constant(1e21),
        ],
        ...[fc.constant('a\u0000'), fc.constant('\ud800'), fc.constant(-8.64e15), fc.constant(2 ** 63)],
      ),
      { minLength: 1, maxLength: 6 },
    )
    .map((key) => Buffer.from(JSON.stringify(key)).toString('base64url')),
  fc.base64String({ maxLength: 40 }),
  fc.constantFrom('W10', 'e30', 'bnVsbA', 'x', 'A'.repeat(1_025)),
);

function headersOf({ operation }: Route, world: World): fc.Arbitrary<Record<string, string>> {
  const documented = (operation.parameters ?? []).filter((parameter) => parameter.in === 'header');
  const usual: Record<string, fc.Arbitrary<string>> = {
    'Idempotency-Key': fc.oneof(
      { weight: 6, arbitrary: fc.uuid() },
      fc.constantFrom(...world.names['idempotencyKey']!),
      fc.constantFrom('same-1', 'same-2', 'same-3'),
    ),
    'If-Match': fc.constantFrom('*', '*', '"x"'),
    'If-None-Match': fc.constantFrom('*', '"x"'),
  };
  const model = Object.fromEntries(
    documented.map(({ name, required }) => [
      name,
      fc.option(usual[name] ?? fc.string(), { freq: required ? 20 : 2, nil: null }),
    ]),
  );
  const hostile = fc
    .constantFrom(...Object.entries(HOSTILE_HEADERS))
    .chain(([name, values]) => fc.constantFrom(...values).map((value) => ({ [name]: value })));
  return fc
    .tuple(fc.record(model), mostly(fc.constant<Record<string, string>>({}), hostile, 6))
    .map(([each, more]) => {
      const present = Object.entries(each).filter((entry): entry is [string, string] => entry[1] !== null);
      return { ...Object.fromEntries(present), ...more };
    });
}

interface FuzzedBody {
  bytes: Buffer | null;
  headers: Record<string, string>;
  cutAt: number | null;
}

function bodiesOf({ operation }: Route, values: Values): fc.Arbitrary<FuzzedBody> {
  const none: FuzzedBody = { bytes: null, headers: {}, cutAt: null };
  const content = Object.entries(operation.requestBody?.content ?? {});
  const hostile = fc
    .tuple(textBytes, fc.constantFrom('application/json', ...content.map(([type]) => type)))
    .map(([bytes, type]): FuzzedBody => ({ bytes, headers: { 'Content-Type': type }, cutAt: null }));
  if (content.length === 0) return mostly(fc.constant(none), hostile, 20);
  const usual = fc.oneof(
    ...content.map(([type, { schema }]) =>
      encodedBodies(
        fc
          .record({ value: valueFor(type, schema ?? {}, values), broken: breakages })
          .map(({ value, broken }) => textOf(type, value, broken)),
        type,
      ),
    ),
  );
  return mostly(usual, fc.oneof(hostile, fc.constant(none)), 10);
}

const textBytes: fc.Arbitrary<Buffer> = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text)),
);

function valueFor(type: string, schema: object, values: Values): fc.Arbitrary<unknown> {
  if (isJson(type)) return values.of(schema);
  return fc.array(values.of({ $ref: '#/components/schemas/TrafficRecordInput' }), {
    minLength: 1,
    maxLength: 5,
  });
}

function textOf(type: string, value: unknown, broken: Parameters<typeof brokenText>[1]): string {
  if (type === 'application/x-ndjson') {
    return (value as unknown[])
      .map((record, at) => `${brokenText(record, at === 0 ? broken : [])}\n`)
      .join('');
  }
  if (type === 'text/csv') return csvOf(value as Record<string, unknown>[]);
  return brokenText(value, broken);
}

function csvOf(records: readonly Record<string, unknown>[]): string {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const cell = (value: unknown): string => {
    const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
    return `"${text.replaceAll('"', '""')}"`;
  };
  const rows = records.map((record) => names.map((name) => cell(record[name])).join(','));
  return `${names.join(',')}\r\n${rows.join('\r\n')}\r\n`;
}

/** A text under a Content-Encoding that may be a lie, and perhaps cut off. */
function encodedBodies(texts: fc.Arbitrary<string>, type: string): fc.Arbitrary<FuzzedBody> {
  return fc
    .record({
      text: texts,
      encoding: mostly(fc.constant('plain'), fc.constantFrom('gzip', 'br', 'half', 'bomb'), 12),
      cut: mostly(fc.constant(null), fc.nat(200), 40),
    })
    .map(({ text, encoding, cut }) => {
      const headers = { 'Content-Type': type };
      const plain = Buffer.from(text);
      if (encoding === 'plain') return { bytes: plain, headers, cutAt: cut };
      if (encoding === 'br') {
        return {
          bytes: brotliCompressSync(plain),
          headers: { ...headers, 'Content-Encoding': 'br' },
          cutAt: cut,
        };
      }
      const zipped = gzipSync(encoding === 'bomb' ? Buffer.alloc(2 ** 21, 0x20) : plain);
      const bytes = encoding === 'half' ? zipped.subarray(0, Math.floor(zipped.length / 2)) : zipped;
      return { bytes, headers: { ...headers, 'Content-Encoding': 'gzip' }, cutAt: cut };
    });
}
