import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Body, Controller, HttpCode, Injectable, Module, Post, Res } from '@nestjs/common';
import { IsInt, IsOptional, IsString } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { Scopes } from '../../src/access/index.js';
import { Database } from '../../src/platform/database/index.js';
import { httpProblems, Idempotent, IdempotencyService } from '../../src/platform/http/index.js';
import { startApi, type TestAnswer, type TestApi } from '../support/api.js';

class Effect {
  @IsString()
  name: string;

  @IsOptional()
  @IsInt()
  amount?: number;
}

/** Lets a test hold the handler, or see it reach a point. */
const gates: { enter?: () => void; leave?: Promise<void> } = {};

@Injectable()
class EffectsService {
  constructor(private readonly database: Database) {}

  async write(name: string): Promise<number> {
    return this.database.transaction(async (tx) => {
      const rows = await tx.query<{ count: string }>(
        `WITH added AS (INSERT INTO effects (name) VALUES ($1) RETURNING 1) SELECT count(*) FROM added`,
        [name],
      );
      return Number(rows[0]?.count);
    });
  }

  async fail(name: string, error: Error): Promise<never> {
    return this.database.transaction(async (tx) => {
      await tx.query(`INSERT INTO effects (name) VALUES ($1)`, [name]);
      throw error;
    });
  }
}

@Controller('effects')
class EffectsController {
  constructor(private readonly effects: EffectsService) {}

  @Post()
  @Scopes('payments:write')
  @Idempotent()
  async create(@Body() { name }: Effect, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    gates.enter?.();
    await gates.leave;
    await this.effects.write(name);
    reply.header('Location', `/effects/${name}`).header('ETag', '"e"');
    return { name, nonce: randomUUID(), ünïcode: '😀' };
  }

  @Post('accepted')
  @Scopes('payments:write')
  @Idempotent()
  @HttpCode(202)
  async accept(@Body() { name }: Effect): Promise<unknown> {
    await this.effects.write(name);
    return { name };
  }

  @Post('empty')
  @Scopes('payments:write')
  @Idempotent()
  @HttpCode(204)
  async empty(): Promise<void> {
    await this.effects.write('empty');
  }

  @Post('secret')
  @Scopes('payments:write')
  @Idempotent({ withoutBody: ['secret'] })
  async secret(@Body() { name }: Effect): Promise<unknown> {
    await this.effects.write(name);
    return { name, secret: 's3cr3t' };
  }

  @Post('refused')
  @Scopes('payments:write')
  @Idempotent()
  @HttpCode(202)
  async refuse(@Body() { name }: Effect): Promise<void> {
    await this.effects.fail(name, httpProblems.conflict(`refused ${randomUUID()}`));
  }

  @Post('broken-sql')
  @Scopes('payments:write')
  @Idempotent()
  async brokenSql(@Body() { name }: Effect): Promise<void> {
    try {
      await this.effects.write(`${name}\u0000`);
    } catch {
      throw httpProblems.conflict('the database refused it');
    }
  }

  @Post('unexpected')
  @Scopes('payments:write')
  @Idempotent()
  async unexpected(@Body() { name }: Effect): Promise<void> {
    await this.effects.fail(name, new Error('unexpected'));
  }

  @Post('busy')
  @Scopes('payments:write')
  @Idempotent()
  async busy(@Body() { name }: Effect): Promise<void> {
    await this.effects.fail(name, httpProblems.too_many_requests('slow down'));
  }
}

@Module({ controllers: [EffectsController], providers: [EffectsService] })
class EffectsModule {}

let api: TestApi;
let key: string;
let stranger: string;
beforeAll(async () => {
  api = await startApi(EffectsModule);
  await api.database.query(`CREATE TABLE effects (name text NOT NULL)`);
  await api.database.query(`GRANT SELECT, INSERT ON effects TO peerledger_service`);
  ({ key } = await api.provider('payer'));
  ({ key: stranger } = await api.provider('other'));
});
afterAll(() => api.close());
afterEach(() => {
  delete gates.enter;
  delete gates.leave;
});

function post(
  path: string,
  idempotencyKey: string,
  body: unknown,
  extra: Record<string, string> = {},
  as = key,
) {
  return api.request('POST', path, {
    key: as,
    body,
    headers: { 'Idempotency-Key': idempotencyKey, ...extra },
  });
}

async function effectsNamed(name: string): Promise<number> {
  return (await api.database.query(`SELECT FROM effects WHERE name = $1`, [name])).length;
}

async function storedUnder(idempotencyKey: string): Promise<number> {
  return (await api.database.query(`SELECT FROM idempotency_keys WHERE key = $1`, [idempotencyKey])).length;
}

function expectReplay(first: TestAnswer, second: TestAnswer): void {
  expect(first.headers.get('idempotent-replayed')).toBeNull();
  expect(second.headers.get('idempotent-replayed')).toBe('true');
  expect(second.status).toBe(first.status);
  expect(second.bytes.equals(first.bytes)).toBe(true);
  for (const name of ['content-type', 'location', 'etag']) {
    expect(second.headers.get(name)).toBe(first.headers.get(name));
  }
}

describe('an Idempotency-Key', () => {
  it('is required, and has a shape', async () => {
    const missing = await post('/effects', '', { name: 'missing' });
    expect(missing.body).toMatchObject({ status: 400, code: 'idempotency_key_required' });
    const long = await post('/effects', 'x'.repeat(256), { name: 'missing' });
    expect(long.body).toMatchObject({ status: 400, code: 'invalid_idempotency_key' });
    const foreign = await post('/effects', 'schlüssel', { name: 'missing' });
    expect(foreign.body).toMatchObject({ status: 400, code: 'invalid_idempotency_key' });
    expect(await effectsNamed('missing')).toBe(0);
  });

  it('gets the first answer again, byte for byte, and one effect', async () => {
    const first = await post('/effects', 'again', { name: 'again' });
    const second = await post('/effects', 'again', { name: 'again' });
    expect(first.status).toBe(201);
    expect(first.headers.get('location')).toBe('/effects/again');
    expectReplay(first, second);
    expect(await effectsNamed('again')).toBe(1);
  });

  it("keeps the route's own status", async () => {
    const first = await post('/effects/accepted', 'accepted', { name: 'accepted' });
    expect(first.status).toBe(202);
    expectReplay(first, await post('/effects/accepted', 'accepted', { name: 'accepted' }));
    const empty = await post('/effects/empty', 'empty', undefined);
    expect([empty.status, empty.text]).toEqual([204, '']);
    expectReplay(empty, await post('/effects/empty', 'empty', undefined));
  });

  it('compares inflated bodies', async () => {
    const body = JSON.stringify({ name: 'zipped' });
    const first = await post('/effects', 'zipped', body);
    const second = await post('/effects', 'zipped', gzipSync(body), { 'Content-Encoding': 'gzip' });
    expectReplay(first, second);
  });

  it('is not for another body or query', async () => {
    await post('/effects', 'reused', { name: 'reused', amount: 1 });
    for (const [path, body] of [
      ['/effects', { name: 'reused', amount: 2 }],
      ['/effects', '{"name": "reused", "amount": 1}'],
      ['/effects?mode=other', { name: 'reused', amount: 1 }],
    ] as const) {
      const answer = await post(path, 'reused', body);
      expect(answer.body).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    }
    expect(await effectsNamed('reused')).toBe(1);
  });

  it("is the caller's and the route's own", async () => {
    const mine = await post('/effects', 'shared', { name: 'shared' });
    const theirs = await post('/effects', 'shared', { name: 'shared' }, {}, stranger);
    const otherRoute = await post('/effects/accepted', 'shared', { name: 'shared' });
    expect([mine, theirs, otherRoute].map(({ headers }) => headers.get('idempotent-replayed'))).toEqual([
      null,
      null,
      null,
    ]);
    expect(await effectsNamed('shared')).toBe(3);
  });

  it('leaves a secret out of the replay, and out of the database', async () => {
    const first = await post('/effects/secret', 'secret', { name: 'secret' });
    const second = await post('/effects/secret', 'secret', { name: 'secret' });
    expect(first.body).toEqual({ name: 'secret', secret: 's3cr3t' });
    expect(second.body).toEqual({ name: 'secret' });
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    const rows = await api.database.query(`SELECT convert_from(body, 'UTF8') AS body FROM idempotency_keys`);
    expect(JSON.stringify(rows)).not.toContain('s3cr3t');
  });
});

describe('requests at the same time', () => {
  it('end in one effect; the second is asked to come back', async () => {
    let open = () => undefined as void;
    gates.leave = new Promise<void>((resolve) => (open = resolve));
    const entered = new Promise<void>((resolve) => (gates.enter = resolve));
    const first = post('/effects', 'at-once', { name: 'at-once' });
    await entered;
    const second = await post('/effects', 'at-once', { name: 'at-once' });
    expect(second.body).toMatchObject({ status: 409, code: 'idempotency_in_progress' });
    expect(second.headers.get('retry-after')).toBe('1');
    open();
    expectReplay(await first, await post('/effects', 'at-once', { name: 'at-once' }));
    expect(await effectsNamed('at-once')).toBe(1);
  });

  it('in a crowd end in one effect', async () => {
    const crowd = await Promise.all(
      Array.from({ length: 30 }, () => post('/effects', 'crowd', { name: 'crowd' })),
    );
    expect(new Set(crowd.map(({ status }) => status))).toEqual(
      new Set(crowd.some(({ status }) => status === 409) ? [201, 409] : [201]),
    );
    expect(new Set(crowd.filter(({ status }) => status === 201).map(({ text }) => text)).size).toBe(1);
    expect(await effectsNamed('crowd')).toBe(1);
  });
});

describe('refusals', () => {
  it('are stored, without what the handler wrote', async () => {
    const first = await post('/effects/refused', 'refused', { name: 'refused' });
    expect(first.body).toMatchObject({ status: 409, code: 'conflict' });
    const second = await post('/effects/refused', 'refused', { name: 'refused' });
    expectReplay(first, second);
    expect(second.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(await effectsNamed('refused')).toBe(0);
  });

  it('are stored for an invalid body too', async () => {
    const first = await post('/effects', 'invalid', { nam: 'invalid' });
    expect(first.status).toBe(422);
    expectReplay(first, await post('/effects', 'invalid', { nam: 'invalid' }));
  });

  it('are stored even when a statement failed on the way', async () => {
    const first = await post('/effects/broken-sql', 'broken', { name: 'broken' });
    expect(first.body).toMatchObject({ status: 409, detail: 'the database refused it' });
    expectReplay(first, await post('/effects/broken-sql', 'broken', { name: 'broken' }));
  });

  it('that say nothing of the request are not stored', async () => {
    expect((await post('/effects/busy', 'busy', { name: 'busy' })).status).toBe(429);
    expect(await storedUnder('busy')).toBe(0);
  });

  it('before the handler is reached are not stored', async () => {
    expect((await post('/effects', 'no-key', { name: 'no-key' }, {}, 'plk_live_wrong')).status).toBe(401);
    expect((await post('/effects', 'no-json', '{')).status).toBe(400);
    expect([await storedUnder('no-key'), await storedUnder('no-json')]).toEqual([0, 0]);
  });
});

describe('failures', () => {
  it('of our own are not stored, and the same key may try again', async () => {
    expect((await post('/effects/unexpected', 'unexpected', { name: 'unexpected' })).status).toBe(500);
    expect(await storedUnder('unexpected')).toBe(0);
    expect(await effectsNamed('unexpected')).toBe(0);
    expect((await post('/effects/unexpected', 'unexpected', { name: 'unexpected' })).status).toBe(500);
  });

  it('of the connection between the effect and its answer leave neither', async () => {
    let open = () => undefined as void;
    gates.leave = new Promise<void>((resolve) => (open = resolve));
    const entered = new Promise<void>((resolve) => (gates.enter = resolve));
    const first = post('/effects', 'crash', { name: 'crash' });
    await entered;
    await api.database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
    );
    open();
    const crashed = await first;
    expect(crashed.body).toMatchObject({ status: 503, code: 'service_unavailable' });
    expect([await effectsNamed('crash'), await storedUnder('crash')]).toEqual([0, 0]);
    delete gates.leave;
    const again = await post('/effects', 'crash', { name: 'crash' });
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expect(await effectsNamed('crash')).toBe(1);
  });

  it('to store the answer take the effect back', async () => {
    await api.database.query(
      `ALTER TABLE idempotency_keys ADD CONSTRAINT test_refuses CHECK (key <> 'unstorable')`,
    );
    expect((await post('/effects', 'unstorable', { name: 'unstorable' })).status).toBe(500);
    expect(await effectsNamed('unstorable')).toBe(0);
    await api.database.query(`ALTER TABLE idempotency_keys DROP CONSTRAINT test_refuses`);
  });

  it('of the client to wait change nothing: the answer is there when it asks again', async () => {
    let open = () => undefined as void;
    gates.leave = new Promise<void>((resolve) => (open = resolve));
    const entered = new Promise<void>((resolve) => (gates.enter = resolve));
    const leaving = new AbortController();
    const left = fetch(`${api.url}/effects`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${key}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': 'left',
      },
      body: JSON.stringify({ name: 'left' }),
      signal: leaving.signal,
    }).catch(() => 'left');
    await entered;
    leaving.abort();
    expect(await left).toBe('left');
    open();
    delete gates.leave;
    let again = await post('/effects', 'left', { name: 'left' });
    for (let tries = 0; again.status === 409 && tries < 50; tries++)
      again = await post('/effects', 'left', { name: 'left' });
    expect([again.status, await effectsNamed('left')]).toEqual([201, 1]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });
});

describe('after 30 days', () => {
  it('a key may be used anew', async () => {
    await post('/effects', 'old', { name: 'old' });
    await api.database.query(
      `UPDATE idempotency_keys SET created_at = now() - interval '30 days' WHERE key = 'old'`,
    );
    const anew = await post('/effects', 'old', { name: 'new' });
    expect([anew.status, anew.headers.get('idempotent-replayed')]).toEqual([201, null]);
    expectReplay(anew, await post('/effects', 'old', { name: 'new' }));
  });

  it('keys are deleted, and no others', async () => {
    await post('/effects', 'expired', { name: 'expired' });
    await post('/effects', 'kept', { name: 'kept' });
    await api.database.query(
      `UPDATE idempotency_keys SET created_at = now() - interval '31 days' WHERE key = 'expired'`,
    );
    await api.database.query(
      `UPDATE idempotency_keys SET created_at = now() - interval '29 days 23 hours' WHERE key = 'kept'`,
    );
    expect(await api.acting(IdempotencyService).deleteExpired()).toBe(1);
    expect([await storedUnder('expired'), await storedUnder('kept')]).toEqual([0, 1]);
  });
});
