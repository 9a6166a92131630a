import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { Controller, Get, Header, Module, Req, Sse } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { of, type Observable } from 'rxjs';
// Routes name problems of rooms above their own, which have to be declared.
import '../../src/app.module.js';
import { Public } from '../../src/access/index.js';
import { Etagged } from '../../src/platform/http/index.js';
import { expectProblem, startApi, type TestApi } from '../support/api.js';
import { newCertificate } from '../support/certificate.js';

@Controller('test')
class TestController {
  @Get('seen')
  @Public()
  seen(@Req() { ip, protocol, host }: FastifyRequest): object {
    return { ip, protocol, host };
  }

  @Get('tagged')
  @Public()
  @Etagged()
  @ApiOkResponse()
  tagged(): object {
    return {};
  }

  @Sse('events')
  @Public()
  events(): Observable<{ data: string }> {
    return of({ data: 'one' });
  }

  @Get('public')
  @Public()
  @Header('Cache-Control', 'public, max-age=60')
  cached(): object {
    return {};
  }
}

@Module({ controllers: [TestController] })
class TestModule {}

const EVERYWHERE = {
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

function expectSecured(headers: Headers, policy = EVERYWHERE['content-security-policy']): void {
  const seen = Object.fromEntries(Object.keys(EVERYWHERE).map((name) => [name, headers.get(name)]));
  expect(seen).toEqual({ ...EVERYWHERE, 'content-security-policy': policy });
  // A browser that has been told over plain HTTP to insist on TLS would not come back.
  expect(headers.get('strict-transport-security')).toBeNull();
  expect(headers.get('access-control-allow-origin')).toBeNull();
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('server')).toBeNull();
}

describe('every answer', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi(TestModule, { limits: { json_bytes: 2_000 } });
  });
  afterAll(() => api.close());

  it.each([
    ['an answer', 'GET', '/v1/providers', 200, {}],
    ['a path that is not there', 'GET', '/v1/nowhere', 404, {}],
    ['a wrong method', 'DELETE', '/v1/providers', 405, {}],
    ['a malformed path', 'GET', '/v1/providers/%zz', 400, {}],
    ['a path with NUL', 'GET', '/v1/providers/a%00', 400, {}],
    ['a path that is too long', 'GET', `/v1/providers/${'x'.repeat(300)}`, 414, {}],
    ['no key', 'GET', '/v1/providers', 401, { Authorization: '' }],
    ['malformed JSON', 'POST', '/v1/providers', 400, { body: '{' }],
    ['a wrong type', 'POST', '/v1/providers', 415, { body: 'x', 'Content-Type': 'text/plain' }],
    ['a body that is too large', 'POST', '/v1/providers', 413, { body: `"${'x'.repeat(3_000)}"` }],
    ['content that is not valid', 'POST', '/v1/providers', 422, { body: {} }],
    ['a public document', 'GET', '/openapi.yaml', 200, {}],
    ['health', 'GET', '/health/ready', 200, {}],
    ['metrics', 'GET', '/metrics', 200, {}],
  ])(
    '%s has the headers, and is not kept',
    async (_, method, path, status, given: Record<string, unknown>) => {
      const { body, ...headers } = given as { body?: unknown } & Record<string, string>;
      const answer = await api.request(method, path, {
        key: api.operatorKey,
        headers: headers,
        ...(body !== undefined && { body }),
      });
      expect(answer.status).toBe(status);
      expectSecured(answer.headers);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    },
  );

  it('of server-sent events has them too', async () => {
    const answer = await api.request('GET', '/test/events');
    expect(answer.text).toContain('data: one');
    expectSecured(answer.headers);
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.get('ratelimit-policy')).toMatch(/^"address";q=/);
  });

  it('may be kept where its route says so', async () => {
    const cacheOf = async (path: string) => (await api.request('GET', path)).headers.get('cache-control');
    expect(await cacheOf('/test/tagged')).toBe('private, no-cache');
    expect(await cacheOf('/test/public')).toBe('public, max-age=60');
  });

  it('to what is not HTTP has them too', async () => {
    const text = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => socket.write('HELLO\r\n\r\n'));
      let all = '';
      socket.on('data', (chunk) => (all += chunk.toString())).on('close', () => resolve(all));
    });
    const lines = text.split('\r\n\r\n')[0]!.split('\r\n').slice(1);
    const headers = new Headers(lines.map((line) => line.split(': ') as [string, string]));
    expectSecured(headers);
    expect(headers.get('x-request-id')).toBe(JSON.parse(text.split('\r\n\r\n')[1]!).request_id);
  });

  it('as a page loads what it needs from here, and nothing else', async () => {
    const page = await api.request('GET', '/docs');
    const policy = page.headers.get('content-security-policy')!;
    expectSecured(page.headers, policy);
    expect(policy).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it('says nothing to other sites’ pages', async () => {
    const preflight = await api.request('OPTIONS', '/v1/providers', {
      headers: { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' },
    });
    expectProblem(preflight, 405, 'method_not_allowed');
    const answer = await api.request('GET', '/v1/providers', {
      key: api.operatorKey,
      headers: { Origin: 'https://evil.example' },
    });
    for (const [name] of [...preflight.headers, ...answer.headers])
      expect(name).not.toMatch(/^access-control/);
  });

  it('believes nobody’s forwarding headers', async () => {
    const headers = {
      'X-Forwarded-For': '192.0.2.1',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'evil',
    };
    const answer = await api.request('GET', '/test/seen', { headers });
    expect(answer.body).toEqual({ ip: '127.0.0.1', protocol: 'http', host: new URL(api.url).host });
    expect(answer.headers.get('strict-transport-security')).toBeNull();
  });
});

describe('pages of listed origins', () => {
  const origin = 'https://console.example.com';
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi(TestModule, { origins: [origin, 'http://localhost:5173'] });
  });
  afterAll(() => api.close());

  const preflight = (from: string, path = '/v1/providers') =>
    api.request('OPTIONS', path, {
      headers: {
        Origin: from,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization',
      },
    });

  it('may ask with a key, and read what clients need', async () => {
    const asked = await preflight(origin);
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe(origin);
    expect(asked.headers.get('access-control-allow-methods')).toContain('POST');
    expect(asked.headers.get('access-control-allow-headers')).toContain('Idempotency-Key');
    expect(asked.headers.get('vary')).toContain('Origin');
    const answer = await api.request('GET', '/v1/providers', {
      key: api.operatorKey,
      headers: { Origin: origin },
    });
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-expose-headers')).toContain('ETag');
  });

  it('may read errors', async () => {
    for (const path of ['/v1/providers', '/v1/nowhere']) {
      const answer = await api.request('GET', path, { headers: { Origin: origin } });
      expect(answer.status).toBeGreaterThanOrEqual(401);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    }
  });

  it('never come with cookies', async () => {
    for (const answer of [
      await preflight(origin),
      await api.request('GET', '/docs', { headers: { Origin: origin } }),
    ]) {
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  it.each([
    'https://evil.example',
    'http://console.example.com',
    'https://console.example.com.evil.net',
    'null',
  ])('are not those of %s', async (other) => {
    const asked = await preflight(other);
    expectProblem(asked, 405, 'method_not_allowed');
    expect(asked.headers.get('access-control-allow-origin')).toBeNull();
    expect(asked.headers.get('vary')).toContain('Origin');
  });
});

describe('a proxy that is trusted', () => {
  it('says who asks, and over what; what came before it does not', async () => {
    const api = await startApi(TestModule, { trustedProxies: ['127.0.0.0/8', '10.0.0.0/8'] });
    const headers = {
      'X-Forwarded-For': '198.51.100.7, 192.0.2.1, 10.1.2.3',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'ledger.example.com',
    };
    const answer = await api.request('GET', '/test/seen', { headers });
    expect(answer.body).toEqual({ ip: '192.0.2.1', protocol: 'https', host: 'ledger.example.com' });
    expect(answer.headers.get('strict-transport-security')).toBe('max-age=63072000');
    await api.close();
  });
});

describe('TLS', () => {
  it('is spoken with a certificate and key, and insisted on from then', async () => {
    const { cert, key } = newCertificate();
    const api = await startApi(TestModule, { tls: { cert, key } });
    const { port } = new URL(api.url);
    const answer = await new Promise<{ status: number; hsts: unknown; body: string }>((resolve, reject) => {
      // Kept open, so that the stop below has a connection to end.
      const asked = httpsRequest(
        { host: '127.0.0.1', port, path: '/test/seen', ca: cert, agent: false },
        (response) => {
          let body = '';
          response.on('data', (chunk: Buffer) => (body += chunk.toString()));
          response.on('end', () =>
            resolve({
              status: response.statusCode!,
              hsts: response.headers['strict-transport-security'],
              body,
            }),
          );
        },
      );
      asked.on('error', reject).end();
    });
    expect(answer).toMatchObject({ status: 200, hsts: 'max-age=63072000' });
    expect(JSON.parse(answer.body)).toMatchObject({ protocol: 'https' });
    await api.close();
  });
});
