import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import type { Readable } from 'node:stream';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { Body, Controller, Module, Post } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { Public } from '../../src/access/index.js';
import fc from 'fast-check';
import { BodyLimit, Consumes } from '../../src/platform/http/index.js';
import { inexactNumbersIn, parseJson } from '../../src/platform/json/index.js';
import { expectProblem, startApi, type TestApi } from '../support/api.js';

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
  size?: number;

  @IsOptional()
  @ValidateNested({ message: 'must be an object' })
  @Type(() => Pricing)
  'a/b~c'?: Pricing;
}

@Controller('test')
class BodiesController {
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
}

@Module({ controllers: [BodiesController] })
class BodiesModule {}

const LIMITS = { json_bytes: 100_000, batch_bytes: 400_000, stream_bytes: 1_000_000, json_timeout_ms: 700 };

let api: TestApi;
beforeAll(async () => {
  api = await startApi(BodiesModule, { limits: LIMITS });
});
afterAll(() => api.close());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  api.request('POST', path, { body, headers: { 'Idempotency-Key': '', ...headers } });

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

  /** What JSON.parse takes and the service does not; names of what every object has are among it. */
  const REFUSED_TEXT = new RegExp(
    ['\\\\u0000', '\\\\ud[89a-f]', 'prototype', ...Object.getOwnPropertyNames(Object.prototype)].join('|'),
  );
  it('are read as JSON.parse reads them, where that is exact', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        let parsed: unknown;
        try {
          parsed = parseJson(Buffer.from(text));
        } catch (error) {
          expect(text).toMatch(REFUSED_TEXT);
          expect(error).toHaveProperty('definition.status', 400);
          return;
        }
        if (inexactNumbersIn(parsed).length === 0) expect(parsed).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
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
    }).catch(() => null);
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
