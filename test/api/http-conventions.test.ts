import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Body, Controller, Get, HttpException, Module, Param, Post, Query } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Min, ValidateNested } from 'class-validator';
import { Public, Scopes } from '../../src/access/index.js';
import {
  BodyLimit,
  Consumes,
  Etagged,
  IfMatch,
  inexactNumbersIn,
  PageQuery,
  type Precondition,
} from '../../src/platform/http/index.js';
import { ReadinessRegistry } from '../../src/platform/telemetry/index.js';
import { startApi, type TestApi, type TestAnswer } from '../support/api.js';

class Pricing {
  @IsString({ message: 'must be a text' })
  unit: string;
}

class Item {
  @IsOptional()
  @IsString({ message: 'must be a text' })
  name?: string;

  @IsOptional()
  @IsInt({ message: 'must be a whole number' })
  @Min(0, { message: 'must be a whole number' })
  size?: number;

  @IsOptional()
  @ValidateNested({ message: 'must be an object' })
  @Type(() => Pricing)
  'a/b~c'?: Pricing;
}

class ItemQuery extends PageQuery {
  @IsOptional()
  @IsString()
  customer?: string;
}

let shown = { name: 'thing', size: 1 };

@Controller('test')
class TestController {
  @Post('items')
  @Public()
  create(@Body() item: Item): Item {
    return item;
  }

  @Post('raw')
  @Public()
  @Consumes('application/json', 'application/cloudevents-batch+json')
  raw(@Body() body: any): unknown {
    return { body, inexact: inexactNumbersIn(body) };
  }

  @Post('stream')
  @Public()
  @Consumes('application/json', 'application/x-ndjson', 'text/csv')
  async stream(@Body() body: Readable): Promise<unknown> {
    let length = 0;
    for await (const chunk of body) length += (chunk as Buffer).length;
    return { length };
  }

  @Post('batch')
  @Public()
  @BodyLimit('batch')
  batch(@Body() body: object): unknown {
    return { keys: Object.keys(body).length };
  }

  @Post('small')
  @Public()
  @BodyLimit(64)
  small(): unknown {
    return {};
  }

  @Get('items')
  @Public()
  list(@Query() query: ItemQuery): ItemQuery {
    return query;
  }

  @Get('items/:id')
  @Public()
  @Etagged()
  get(@Param('id') id: string): unknown {
    return { id, ...shown };
  }

  @Post('items/:id/change')
  @Public()
  change(@Param('id') id: string, @IfMatch({ required: true }) precondition: Precondition): unknown {
    precondition.check({ id, ...shown });
    return { changed: true };
  }

  @Post('failures/:kind')
  @Public()
  fail(@Param('kind') kind: string): void {
    if (kind === 'database') throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    if (kind === 'http') throw new HttpException('a teapot', 418);
    throw new Error('SELECT secret FROM table');
  }

  @Get('guarded')
  @Scopes('audit:read')
  guarded(): unknown {
    return {};
  }
}

@Module({ controllers: [TestController] })
class TestModule {}

const LIMITS = { json_bytes: 100_000, batch_bytes: 400_000, stream_bytes: 1_000_000, json_timeout_ms: 700 };

let api: TestApi;
beforeAll(async () => {
  api = await startApi(TestModule, { limits: LIMITS });
});
afterAll(() => api.close());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  api.request('POST', path, { body, headers: { 'Idempotency-Key': '', ...headers } });

function expectProblem(answer: TestAnswer, status: number, code: string): void {
  expect({ status: answer.status, code: answer.body?.code }).toEqual({ status, code });
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  expect(answer.body).toMatchObject({
    type: `/problems/${code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    request_id: answer.headers.get('x-request-id'),
  });
  expect(answer.body.instance).not.toContain('?');
  expect(answer.text).not.toMatch(/node_modules|\.ts:|SELECT/);
}

describe('problems', () => {
  it('answer an unknown path', async () => {
    expectProblem(await api.request('GET', '/v1/nowhere?customer=secret'), 404, 'not_found');
    expectProblem(await post('/v1/nowhere', '{broken'), 404, 'not_found');
    expectProblem(await api.request('GET', '/test/items//change'), 404, 'not_found');
  });

  it('answer a wrong method, and name the right ones', async () => {
    const answer = await api.request('DELETE', '/test/items');
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
    const single = await post('/test/items/7', { anything: true });
    expectProblem(single, 405, 'method_not_allowed');
    expect(single.headers.get('allow')).toBe('GET, HEAD');
    expectProblem(await api.request('OPTIONS', '/v1/providers'), 405, 'method_not_allowed');
  });

  it('answer a malformed URL', async () => {
    expectProblem(await api.request('GET', '/test/items/%zz'), 400, 'bad_request');
    expectProblem(await api.request('GET', `/test/items/${'x'.repeat(300)}`), 414, 'uri_too_long');
  });

  it('answer what is not HTTP', async () => {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => socket.write('HELLO\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString())).on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('application/problem+json');
  });

  it('answer an unexpected error, and tell nothing of it', async () => {
    const answer = await post('/test/failures/unexpected', {});
    expectProblem(answer, 500, 'internal_error');
    const logged = api.logs().find((line) => line['request_id'] === answer.body.request_id && line['err']);
    expect(JSON.stringify(logged)).toContain('SELECT secret FROM table');
  });

  it('answer a lost database', async () => {
    const answer = await post('/test/failures/database', {});
    expectProblem(answer, 503, 'service_unavailable');
    expect(answer.headers.get('retry-after')).toBe('5');
  });

  it("answer the framework's own exceptions", async () => {
    expectProblem(await post('/test/failures/http', {}), 400, 'bad_request');
  });

  it('are documented under their type', async () => {
    const all = await api.request('GET', '/problems');
    expect(all.body.data.length).toBeGreaterThan(20);
    for (const { type, code, status } of all.body.data) {
      const one = await api.request('GET', type);
      expect(one.body).toMatchObject({ code, status });
    }
    expectProblem(await api.request('GET', '/problems/no_such_code'), 404, 'not_found');
  });
});

describe('the request id', () => {
  it('is taken when harmless', async () => {
    const answer = await api.request('GET', '/health/live', { headers: { 'X-Request-Id': 'abc-1._Z' } });
    expect(answer.headers.get('x-request-id')).toBe('abc-1._Z');
  });

  it.each(['has space', 'x'.repeat(129), 'semi;colon', '{"a":1}'])(
    'is made anew instead of %j',
    async (given) => {
      const answer = await api.request('GET', '/v1/nowhere', { headers: { 'X-Request-Id': given } });
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      expect(answer.body.request_id).toBe(answer.headers.get('x-request-id'));
    },
  );
});

describe('JSON bodies', () => {
  const refused: [string, string | Buffer, string][] = [
    ['a syntax error', '{"name": }', 'malformed_json'],
    ['a cut-off text', '{"name": "x', 'malformed_json'],
    ['something behind the end', '{"name":"x"} {}', 'malformed_json'],
    ['a number with leading zero', '{"size": 01}', 'malformed_json'],
    ['NaN', '{"size": NaN}', 'malformed_json'],
    ['a comment', '{"size": 1 /* one */}', 'malformed_json'],
    ['a byte order mark', '\ufeff{}', 'malformed_json'],
    ['a raw control character in a text', '{"name": "a\nb"}', 'malformed_json'],
    ['the same key with two values', '{"name":"a","name":"b"}', 'duplicate_key'],
    ['the same key with one value', '{"name":"a","name":"a"}', 'duplicate_key'],
    ['the same key, once escaped', '{"name":"a","n\\u0061me":"a"}', 'duplicate_key'],
    ['the same key deep down', '{"a/b~c":{"unit":"GB","unit":"GB"}}', 'duplicate_key'],
    ['__proto__', '{"__proto__":{"name":"x"}}', 'forbidden_key'],
    ['an escaped __proto__', '{"\\u005f_proto__":{"name":"x"}}', 'forbidden_key'],
    ['constructor', '{"constructor":{"prototype":{}}}', 'forbidden_key'],
    ['deep nesting', '['.repeat(33) + ']'.repeat(33), 'json_too_deep'],
    ['very deep nesting', '['.repeat(90_000), 'json_too_deep'],
    ['a NUL character', '{"name":"a\\u0000b"}', 'invalid_character'],
    ['a NUL character in a key', '{"a\\u0000":1}', 'invalid_character'],
    ['a lone surrogate', '{"name":"\\ud800"}', 'invalid_character'],
    ['a lone low surrogate', '{"name":"\\udc00x"}', 'invalid_character'],
    ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'invalid_utf8'],
    ['an overlong encoding', Buffer.from([0x22, 0xc0, 0x80, 0x22]), 'invalid_utf8'],
  ];
  it.each(refused)('with %s are refused', async (_name, body, code) => {
    expectProblem(await post('/test/items', body), 400, code);
  });

  it('may have emoji and 32 levels', async () => {
    const answer = await post(
      '/test/raw',
      `{"name":"\\ud83d\\ude00","deep":${'['.repeat(31)}${']'.repeat(31)}}`,
    );
    expect(answer.status).toBe(201);
    expect(answer.body.body.name).toBe('😀');
  });

  it('carry numbers without loss, or say that they do not', async () => {
    const answer = await post(
      '/test/raw',
      '{"safe":9007199254740991,"over":9007199254740993,"fraction":9007199254740990.6,"exponent":1e3,"zero":-0}',
    );
    expect(answer.body.body.safe).toBe(9007199254740991);
    expect(answer.body.inexact.map((found: any) => [found.path[0], found.text])).toEqual([
      ['over', '9007199254740993'],
      ['fraction', '9007199254740990.6'],
      ['exponent', '1e3'],
      ['zero', '-0'],
    ]);
    const refusedAnswer = await post('/test/items', '{"size":9007199254740993,"a/b~c":{"unit":1.5}}');
    expectProblem(refusedAnswer, 422, 'validation_failed');
    expect(refusedAnswer.body.errors).toEqual([
      { pointer: '/size', code: 'inexact_number', detail: expect.stringContaining('send it as a string') },
      { pointer: '/a~1b~0c/unit', code: 'inexact_number', detail: expect.stringContaining('1.5') },
    ]);
  });

  it('that are valid JSON but no object are invalid', async () => {
    for (const body of ['[]', '"text"', '1', 'null', '1.5']) {
      expectProblem(await post('/test/items', body), 422, 'validation_failed');
    }
    expectProblem(await post('/test/items', ''), 422, 'validation_failed');
  });
});

describe('validation', () => {
  it('points at every field that is wrong, and says what would be right', async () => {
    const answer = await post('/test/items', {
      name: 7,
      size: -1,
      'a/b~c': { unit: 5, more: 1 },
      extra: true,
    });
    expectProblem(answer, 422, 'validation_failed');
    expect(answer.body.error_count).toBe(5);
    expect(answer.body.errors).toEqual(
      expect.arrayContaining([
        { pointer: '/name', code: 'is_string', detail: 'name must be a text.' },
        { pointer: '/size', code: 'min', detail: 'size must be a whole number.' },
        { pointer: '/a~1b~0c/unit', code: 'is_string', detail: 'unit must be a text.' },
        {
          pointer: '/a~1b~0c/more',
          code: 'unknown_field',
          detail: 'There is no field "more" here; leave it out.',
        },
        { pointer: '/extra', code: 'unknown_field', detail: 'There is no field "extra" here; leave it out.' },
      ]),
    );
  });

  it('converts nothing by itself', async () => {
    expectProblem(await post('/test/items', { size: '1' }), 422, 'validation_failed');
    expectProblem(await post('/test/items', { name: true }), 422, 'validation_failed');
    expectProblem(await post('/test/items', { 'a/b~c': 'GB' }), 422, 'validation_failed');
  });

  it.each(['0', '1001', '-1', '1.5', 'ten', '', '1e2'])('refuses ?limit=%s', async (limit) => {
    const answer = await api.request('GET', `/test/items?limit=${limit}`);
    expectProblem(answer, 422, 'validation_failed');
    expect(answer.body.errors[0].pointer).toBe('?limit');
  });

  it('refuses parameters that do not exist, or come twice', async () => {
    const unknown = await api.request('GET', '/test/items?limits=1');
    expect(unknown.body.errors).toEqual([
      {
        pointer: '?limits',
        code: 'unknown_field',
        detail: 'There is no parameter "limits" here; leave it out.',
      },
    ]);
    expectProblem(await api.request('GET', '/test/items?limit=1&limit=2'), 422, 'validation_failed');
  });

  it('fills in the default limit', async () => {
    expect((await api.request('GET', '/test/items')).body).toEqual({ limit: 100 });
  });
});

describe('content types and encodings', () => {
  it.each([
    'text/plain',
    'application/xml',
    'application/x-ndjson',
    'application/jsonp',
    'multipart/form-data; boundary=x',
  ])('refuses %s where JSON is wanted', async (type) => {
    const answer = await post('/test/items', '{}', { 'Content-Type': type });
    expectProblem(answer, 415, 'unsupported_media_type');
    expect(answer.headers.get('accept-post')).toBe('application/json');
  });

  it('refuses a charset other than UTF-8', async () => {
    expect(
      (await post('/test/items', '{}', { 'Content-Type': 'application/json; charset=UTF-8' })).status,
    ).toBe(201);
    expectProblem(
      await post('/test/items', '{}', { 'Content-Type': 'application/json; charset=utf-16' }),
      415,
      'unsupported_media_type',
    );
  });

  it('inflates gzip and br', async () => {
    const text = JSON.stringify({ name: 'x'.repeat(5000) });
    for (const [encoding, bytes] of [
      ['gzip', gzipSync(text)],
      ['br', brotliCompressSync(text)],
    ] as const) {
      const answer = await post('/test/items', bytes, { 'Content-Encoding': encoding });
      expect(answer.status).toBe(201);
      expect(answer.body.name).toHaveLength(5000);
    }
  });

  it('refuses other encodings, and broken ones', async () => {
    const gzip = gzipSync('{"name":"x"}');
    const compress = (encoding: string, body: Buffer) =>
      post('/test/items', body, { 'Content-Encoding': encoding });
    expectProblem(await compress('compress', gzip), 415, 'unsupported_media_type');
    expectProblem(await compress('gzip, gzip', gzip), 415, 'unsupported_media_type');
    expectProblem(await compress('gzip', Buffer.from('{"name":"x"}')), 400, 'invalid_encoding');
    expectProblem(await compress('gzip', gzip.subarray(0, gzip.length - 6)), 400, 'invalid_encoding');
    expectProblem(await compress('br', randomBytes(100)), 400, 'invalid_encoding');
  });

  it('hands streams over inflated', async () => {
    const lines = '{"id":1}\n'.repeat(50_000);
    for (const type of ['application/x-ndjson', 'text/csv; charset=utf-8']) {
      const plain = await post('/test/stream', lines, { 'Content-Type': type });
      const zipped = await post('/test/stream', gzipSync(lines), {
        'Content-Type': type,
        'Content-Encoding': 'gzip',
      });
      expect([plain.body, zipped.body]).toEqual([{ length: 450_000 }, { length: 450_000 }]);
    }
  });

  it('reads a CloudEvents batch as JSON', async () => {
    const answer = await post('/test/raw', '[{"id":"1"}]', {
      'Content-Type': 'application/cloudevents-batch+json',
    });
    expect(answer.body.body).toEqual([{ id: '1' }]);
  });
});

describe('limits', () => {
  const json = (bytes: number) => `{"name":"${'x'.repeat(bytes - 11)}"}`;

  it('hold to the byte, and by route', async () => {
    expect((await post('/test/items', json(LIMITS.json_bytes))).status).toBe(201);
    expectProblem(await post('/test/items', json(LIMITS.json_bytes + 1)), 413, 'payload_too_large');
    expect((await post('/test/batch', json(LIMITS.batch_bytes))).status).toBe(201);
    expectProblem(await post('/test/batch', json(LIMITS.batch_bytes + 1)), 413, 'payload_too_large');
    expectProblem(await post('/test/small', json(65)), 413, 'payload_too_large');
  });

  it('hold for bodies of unknown length', async () => {
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(Buffer.alloc(65_536, 'x')),
    });
    const response = await fetch(`${api.url}/test/items`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: endless,
      duplex: 'half',
    } as RequestInit).catch(() => null);
    // The server reads on for a while, and then cuts off a client that does not stop.
    if (response) expect(response.status).toBe(413);
  });

  it('count inflated bytes, and stop inflating there', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 2 ** 20, ' '));
    expect(bomb.length).toBeLessThan(250_000);
    const before_bytes = process.memoryUsage().arrayBuffers;
    expectProblem(await post('/test/items', bomb, { 'Content-Encoding': 'gzip' }), 413, 'payload_too_large');
    const stream = await post('/test/stream', bomb, {
      'Content-Encoding': 'gzip',
      'Content-Type': 'application/x-ndjson',
    });
    expectProblem(stream, 413, 'payload_too_large');
    expect(process.memoryUsage().arrayBuffers - before_bytes).toBeLessThan(100 * 2 ** 20);
  });

  it('count compressed bytes that inflate to nothing', async () => {
    const empty = gzipSync('');
    const flood = Buffer.concat(Array.from({ length: 20_000 }, () => empty));
    const answer = await post('/test/items', flood, { 'Content-Encoding': 'gzip' });
    expectProblem(answer, 413, 'payload_too_large');
  });

  it('end a body that trickles', async () => {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => {
        socket.write(
          'POST /test/items HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
        );
      });
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString())).on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toContain('request_timeout');
  });

  it('reach a client that is still sending', async () => {
    for (let round = 0; round < 5; round++) {
      expectProblem(await post('/test/items', 'x'.repeat(8_000_000)), 413, 'payload_too_large');
    }
  });

  it('outlive a client that goes away in mid-body', async () => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    socket.write(
      'POST /test/items HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    expect((await api.request('GET', '/health/live')).status).toBe(200);
  });
});

describe('ETags', () => {
  it('are strong, and spare the body', async () => {
    const first = await api.request('GET', '/test/items/1');
    const etag = first.headers.get('etag') as string;
    expect(etag).toMatch(/^"[\w-]{43}"$/);
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await api.request('GET', '/test/items/1', { headers: { 'If-None-Match': header } });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    const other = await api.request('GET', '/test/items/1', { headers: { 'If-None-Match': '"other"' } });
    expect(other.status).toBe(200);
    expect((await api.request('HEAD', '/test/items/1')).headers.get('etag')).toBe(etag);
  });

  it('guard changes', async () => {
    const etag = (await api.request('GET', '/test/items/1')).headers.get('etag') as string;
    const change = (header: string) => post('/test/items/1/change', {}, { 'If-Match': header });
    expectProblem(await change(''), 428, 'precondition_required');
    expect((await change(etag)).status).toBe(201);
    expect((await change('*')).status).toBe(201);
    expectProblem(await change(`W/${etag}`), 412, 'precondition_failed');
    shown = { ...shown, size: 2 };
    expectProblem(await change(etag), 412, 'precondition_failed');
  });
});

describe('health, metrics and documents', () => {
  it('tell liveness from readiness', async () => {
    expect((await api.request('GET', '/health/live')).body.status).toBe('ok');
    const ready = await api.request('GET', '/health/ready');
    expect(ready.body).toEqual({ status: 'ok', checks: ['database', 'migrations'] });
    let works = false;
    api.get(ReadinessRegistry).register('queue', async () => {
      if (!works) throw new Error('redis://secret@host is gone');
    });
    const failing = await api.request('GET', '/health/ready');
    expectProblem(failing, 503, 'not_ready');
    expect(failing.body.detail).toBe('Not ready: queue.');
    expect(failing.text).not.toContain('secret');
    works = true;
    expect((await api.request('GET', '/health/ready')).status).toBe(200);
  });

  it('measure requests by route', async () => {
    await api.request('GET', '/test/items/measured');
    const { text } = await api.request('GET', '/metrics');
    expect(text).toMatch(
      /http_request_duration_seconds_count\{method="GET",route="\/test\/items\/:id",status="200"\} \d/,
    );
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).not.toContain('measured');
  });

  it('log every request, and no secret', async () => {
    await api.request('GET', '/test/items?customer=c-123', {
      key: 'plk_live_never',
      headers: { 'X-Request-Id': 'logged' },
    });
    const line = api.logs().find((entry) => entry['request_id'] === 'logged');
    expect(line).toMatchObject({
      method: 'GET',
      route: '/test/items',
      status: 200,
      duration_ms: expect.any(Number),
    });
    const all = JSON.stringify(api.logs());
    expect(all).not.toContain('c-123');
    expect(all).not.toContain('plk_live_');
  });

  it('serve the description, and pages that need nothing from elsewhere', async () => {
    const yaml = await api.request('GET', '/openapi.yaml');
    expect(yaml.text).toMatch(/^openapi: 3\.1\.0\n/);
    const docs = await api.request('GET', '/docs');
    expect(docs.headers.get('content-type')).toContain('text/html');
    expect(docs.text).not.toMatch(/https?:\/\//);
    const parts = [...docs.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path as string);
    expect(parts.length).toBe(4);
    for (const path of parts) expect((await api.request('GET', path)).status).toBe(200);
  });
});
