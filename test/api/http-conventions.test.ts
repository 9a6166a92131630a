import { connect } from 'node:net';
import { Body, Controller, Get, HttpException, Module, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Min, ValidateNested } from 'class-validator';
import { Public, Scopes } from '../../src/access/index.js';
// Routes name problems of rooms above their own, which have to be declared.
import '../../src/app.module.js';
import { Etagged, IfMatch, PageQuery, type Precondition } from '../../src/platform/http/index.js';
import { ReadinessRegistry } from '../../src/platform/telemetry/index.js';
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

  @Get('items')
  @Public()
  list(@Query() query: ItemQuery): ItemQuery {
    return query;
  }

  @Get('items/:id')
  @Public()
  @Etagged()
  @ApiOkResponse()
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
let api: TestApi;
beforeAll(async () => {
  api = await startApi(TestModule);
});
afterAll(() => api.close());

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  api.request('POST', path, { body, headers: { 'Idempotency-Key': '', ...headers } });

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
    expectProblem(await api.request('GET', '/test/items/a%00b'), 400, 'bad_request');
    expectProblem(await api.request('GET', '/test/items?customer=a%00b'), 400, 'bad_request');
    expect((await api.request('GET', '/test/items/%2500')).status).toBe(200);
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

  it('answer for a request with an expectation that nobody knows, as if it had none', async () => {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () =>
        socket.write('GET /v1/nowhere HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\nConnection: close\r\n\r\n'),
      );
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString())).on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1.1 404 /);
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

  it('says of each field once what it has to be', async () => {
    const { body } = await post('/test/items', { size: 'large' });
    const detail = 'size must be a whole number.';
    expect(body.errors).toEqual([{ pointer: '/size', code: 'is_int', detail }]);
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
    for (const name of ['toString', 'valueOf', 'constructor', '__proto__', 'prototype', 'hasOwnProperty']) {
      const inherited = await api.request('GET', `/test/items?${name}=1`);
      expectProblem(inherited, 422, 'validation_failed');
      expect(inherited.body.errors).toMatchObject([{ pointer: `?${name}`, code: 'unknown_field' }]);
    }
  });

  it('fills in the default limit', async () => {
    expect((await api.request('GET', '/test/items')).body).toEqual({ limit: 100 });
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
    api
      .get(ReadinessRegistry)
      .register('queue', () =>
        works ? Promise.resolve() : Promise.reject(new Error('redis://secret@host is gone')),
      );
    const failing = await api.request('GET', '/health/ready');
    expectProblem(failing, 503, 'not_ready');
    expect(failing.body.detail).toBe('Not ready: queue.');
    expect(failing.text).not.toContain('secret');
    works = true;
    expect((await api.request('GET', '/health/ready')).status).toBe(200);
  });

  it('ask what they rely on once at a time, however many want to know', async () => {
    let asked = 0;
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    api.get(ReadinessRegistry).register('slow', () => {
      asked++;
      return answered;
    });
    const waiting = Array.from({ length: 20 }, () => api.request('GET', '/health/ready'));
    await api.request('GET', '/health/live');
    answer();
    for (const { status } of await Promise.all(waiting)) expect(status).toBe(200);
    expect(asked).toBeLessThan(20);
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
