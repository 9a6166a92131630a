import { parse } from 'csv-parse/sync';
import { DenialLog } from '../../src/access/denial-log.js';
import { ROWS_A_MINUTE } from '../../src/access/denial-tally.js';
import { linkHash } from '../../src/access/rules/audit-event.js';
import { StatementLifeService } from '../../src/settlement/index.js';
import { expectProblem, type TestAnswer } from '../support/api.js';
import { expectStatus, hourly, startMarket, type Deal, type Market } from '../support/market.js';
import { issued, raised } from './disputes-support.js';

let market: Market;
let deal: Deal;
let stranger: Deal;

beforeAll(async () => {
  market = await startMarket({ worker: true });
  [deal, stranger] = [await market.deal(), await market.deal()];
});

afterAll(() => market.close());

const get = (path: string, key: string): Promise<TestAnswer> => market.request('GET', path, { key });

/** The log as a caller sees it, latest first. */
async function logOf(key: string, query = ''): Promise<any[]> {
  return expectStatus(await get(`/v1/audit-events?limit=1000${query}`, key), 200).body.data;
}

/** Writes out the denied attempts that are waiting, and gives those that the caller may see. */
async function deniedTo(key: string, query = ''): Promise<any[]> {
  await market.get(DenialLog).write();
  return logOf(key, `&outcome=denied${query}`);
}

async function suspend(of: Deal, key = of.a.key, headers: Record<string, string> = {}): Promise<TestAnswer> {
  const path = `/v1/agreements/${of.code}`;
  const etag = (await get(path, of.a.key)).headers.get('etag')!;
  return market.request('POST', `${path}/suspend`, { key, headers: { 'If-Match': etag, ...headers } });
}

describe('a change', () => {
  it('says who made it, when, from where, and what it changed', async () => {
    const fresh = await market.deal();
    expectStatus(await suspend(fresh, fresh.a.key, { 'X-Request-Id': 'mine-1' }), 200);
    const [event] = await logOf(fresh.a.key);
    const [keyId] = (await get(`/v1/providers/${fresh.a.code}/api-keys`, fresh.a.key)).body.data;
    expect(event).toEqual({
      id: expect.any(String),
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      outcome: 'done',
      action: 'agreement.suspend',
      actor: { kind: 'provider', provider: fresh.a.code, credential: { kind: 'api_key', id: keyId.id } },
      resource: { kind: 'agreement', id: fresh.code },
      agreement: fresh.code,
      parties: [fresh.a.code, fresh.b.code],
      request: {
        id: 'mine-1',
        address: '127.0.0.1',
        method: 'POST',
        route: '/v1/agreements/:agreement/suspend',
      },
      before: { suspended: false, lastPeriod: null },
      after: { suspended: true, lastPeriod: null },
      effects: [],
      status: null,
      code: null,
      attempts: 1,
      until: event.at,
      link: {
        sequence: expect.stringMatching(/^\d+$/),
        previousSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        canonical: expect.stringContaining('"action":"agreement.suspend"'),
      },
    });
  });

  it('that is shared is shown to both parties, without the other one’s keys, addresses and chain', async () => {
    const fresh = await market.deal();
    expectStatus(await suspend(fresh, fresh.a.key, { 'X-Request-Id': 'mine-2' }), 200);
    const [event] = await logOf(fresh.b.key);
    expect(event).toMatchObject({
      action: 'agreement.suspend',
      actor: { kind: 'provider', provider: fresh.a.code, credential: null },
      request: { id: null, address: null, method: 'POST' },
      link: null,
    });
    const text = JSON.stringify(await logOf(fresh.b.key));
    for (const { actor, link } of await logOf(fresh.a.key)) {
      if (actor.provider !== fresh.a.code) continue;
      expect(text).not.toContain(actor.credential.id);
      expect(text).not.toContain(link.sha256);
    }
  });

  it('that is a provider’s own is shown to nobody else but the operator', async () => {
    const fresh = await market.deal();
    const body = { name: 'second', scopes: ['traffic:read'] };
    const made = await market.request('POST', `/v1/providers/${fresh.a.code}/api-keys`, {
      key: fresh.a.key,
      body,
    });
    await market.take(fresh, fresh.a, [
      hourly('r1', '05T00', '77712345678777', { customer: 'customer-of-a' }),
    ]);
    const own = await logOf(fresh.a.key);
    expect(own.map(({ action }) => action).slice(0, 2)).toEqual(['batch.submit', 'api_key.create']);
    expect(own[0].after).toMatchObject({ received: 1, created: 1, totalBytes: '77712345678777' });
    expect(own[1].resource).toEqual({ kind: 'api_key', id: made.body.id });
    for (const key of [fresh.b.key, stranger.a.key]) {
      const seen = await logOf(key);
      expect(JSON.stringify(seen)).not.toMatch(new RegExp(`${made.body.id}|77712345678777`));
      expect(seen.some(({ action }) => action === 'batch.submit')).toBe(false);
    }
    const all = JSON.stringify(await logOf(market.operatorKey));
    expect(all).toContain(made.body.id);
    expect(all).not.toContain('customer-of-a');
    expect(all).not.toContain(made.body.key);
  });

  it('by the operator is shown to whom it concerns, without the operator’s key', async () => {
    const [event] = (await logOf(deal.a.key)).filter(({ action }) => action === 'api_key.create');
    expect(event).toMatchObject({
      actor: { kind: 'operator', provider: null, credential: null },
      request: { id: null, address: null },
      link: null,
    });
    const seen = (await logOf(market.operatorKey)).find(({ id }) => id === event.id);
    expect(seen).toMatchObject({
      actor: { credential: { kind: 'api_key' } },
      link: { sequence: expect.any(String) },
    });
  });

  it('by a background job names the service, and both parties see it', async () => {
    const { deal: closed, statement } = await issued(market);
    const life = market.acting(StatementLifeService);
    expect(await life.deemDue(Date.parse('2035-01-01T00:00:00Z'))).toBeGreaterThan(0);
    for (const { key } of [closed.a, closed.b]) {
      const [deemed, issue] = await logOf(key, `&resource=statement:${statement.id}`);
      expect(deemed).toMatchObject({
        action: 'statement.deem',
        actor: { kind: 'service', provider: null, credential: null },
        request: null,
        before: { state: 'issued' },
        after: { state: 'deemed_accepted' },
      });
      expect(issue).toMatchObject({
        action: 'statement.issue',
        actor: { kind: 'service' },
        after: { state: 'issued', number: statement.number, sha256: statement.sha256 },
      });
    }
  });

  it('has what it brings with it as effects, in one event', async () => {
    const of = await issued(market);
    const { id } = await raised(market, of, of.deal.a);
    const [event] = await logOf(of.deal.b.key, `&resource=dispute:${id}`);
    expect(event).toMatchObject({
      action: 'dispute.raise',
      effects: [
        {
          action: 'statement.dispute',
          resource: { kind: 'statement', id: of.statement.id },
          before: { state: 'issued' },
          after: { state: 'disputed' },
        },
      ],
    });
  });

  it('is linked to the one before it by a hash that anybody can compute again', async () => {
    const links = (await logOf(deal.a.key)).flatMap(({ link }) => (link ? [link] : [])).reverse();
    expect(links.map(({ sequence }) => sequence)).toEqual(links.map((_, n) => String(n + 1)));
    let previous: string | null = null;
    for (const { previousSha256, sha256, canonical } of links) {
      expect(previousSha256).toBe(previous);
      expect(
        linkHash(previous === null ? null : Buffer.from(previous, 'hex'), canonical).toString('hex'),
      ).toBe(sha256);
      previous = sha256;
    }
    expect(links.length).toBeGreaterThan(1);
  });

  it('that is refused, or changes nothing, leaves no event', async () => {
    const fresh = await market.deal();
    const before = await logOf(market.operatorKey);
    const refused: [TestAnswer, number][] = [
      [await market.send(fresh, fresh.a, [hourly('r1', '05T00', '-1')]), 422],
      [await suspend(fresh, fresh.a.key, { 'If-Match': '"other"' }), 412],
      [await suspend(fresh, fresh.a.key, { 'If-Match': '' }), 428],
      [
        await market.request('POST', '/v1/agreements', {
          key: fresh.a.key,
          body: {
            ...{ code: fresh.code, partyA: fresh.a.code, partyB: fresh.b.code },
            ...{ timezone: 'Etc/UTC', currency: 'USD' },
          },
        }),
        409,
      ],
    ];
    expect(refused.map(([{ status }]) => status)).toEqual(refused.map(([, status]) => status));
    expectStatus(await suspend(fresh), 200);
    expectStatus(await suspend(fresh), 200);
    const since = (await logOf(market.operatorKey)).slice(0, -before.length);
    expect(since.map(({ action }) => action)).toEqual(['agreement.suspend']);
  });
});

describe('GET /v1/audit-events', () => {
  it('filters by time, action, resource, agreement and outcome', async () => {
    const fresh = await market.deal();
    expectStatus(await suspend(fresh), 200);
    const all = await logOf(fresh.a.key);
    const [latest] = all;
    const actions = async (query: string): Promise<string[]> =>
      (await logOf(fresh.a.key, query)).map(({ action }) => action);
    expect(await actions('&action=agreement.suspend')).toEqual(['agreement.suspend']);
    expect(await actions('&resource=version')).toEqual(['version.accept', 'version.propose']);
    expect(await actions(`&resource=version:${fresh.code}/1`)).toEqual(['version.accept', 'version.propose']);
    expect(await actions('&resource=version:other/1')).toEqual([]);
    expect(await actions(`&agreement=${fresh.code}`)).toEqual(
      all.filter(({ agreement }) => agreement === fresh.code).map(({ action }) => action),
    );
    expect(await actions(`&from=${latest.at}`)).toContain('agreement.suspend');
    expect(await actions(`&to=${latest.at}`)).not.toContain('agreement.suspend');
    expect(await actions('&outcome=done')).toEqual(all.map(({ action }) => action));
  });

  it('goes through the list in pages, each row once', async () => {
    const whole = await logOf(deal.a.key);
    const ids: string[] = [];
    for (let path: string | null = '/v1/audit-events?limit=2'; path !== null;) {
      const { body, headers }: TestAnswer = expectStatus(await get(path, deal.a.key), 200);
      ids.push(...body.data.map(({ id }: { id: string }) => id));
      expect(headers.has('link')).toBe(body.nextCursor !== null);
      path = body.nextCursor && `/v1/audit-events?limit=2&cursor=${body.nextCursor}`;
    }
    expect(ids).toEqual(whole.map(({ id }) => id));
    expectProblem(await get('/v1/audit-events?cursor=WzFd', deal.a.key), 400, 'invalid_cursor');
    expectProblem(await get('/v1/audit-events?resource=A', deal.a.key), 422, 'validation_failed');
  });

  it('comes as CSV with the same filters, all rows of it', async () => {
    const answer = expectStatus(await get('/v1/audit-events.csv?outcome=done', deal.a.key), 200);
    expect(answer.headers.get('content-type')).toMatch(/^text\/csv/);
    const rows = parse<Record<string, string>>(answer.text, { columns: true });
    const whole = await logOf(deal.a.key, '&outcome=done');
    expect(rows.map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
    const [row] = rows.filter(({ action }) => action === 'version.accept');
    expect(row).toMatchObject({ actor_provider: deal.b.code, credential_id: '', agreement: deal.code });
    expect(JSON.parse(row!.after!)).toMatchObject({ inForce: true });
  });

  it('needs the scope audit:read', async () => {
    const { key } = await market.provider('auditless', ['traffic:read']);
    expectProblem(await get('/v1/audit-events', key), 403, 'insufficient_scope');
    expectProblem(await get('/v1/audit-events.csv', key), 403, 'insufficient_scope');
  });
});

describe('a denied attempt', () => {
  it('for want of a scope is shown to the owner of the key', async () => {
    const { code, key } = await market.provider('scopeless', ['audit:read']);
    expectProblem(await suspend(deal, key), 403, 'insufficient_scope');
    const [denied] = await deniedTo(key);
    expect(denied).toMatchObject({
      outcome: 'denied',
      action: 'request.denied',
      actor: { kind: 'provider', provider: code, credential: { kind: 'api_key' } },
      resource: { kind: 'agreement', id: deal.code },
      request: { address: '127.0.0.1', method: 'POST', route: '/v1/agreements/:agreement/suspend' },
      status: 403,
      code: 'insufficient_scope',
      attempts: 1,
      link: null,
    });
  });

  it('at a stranger’s resource is logged, and of that its owner hears nothing', async () => {
    const { a } = stranger;
    expectProblem(await get(`/v1/agreements/${deal.code}`, a.key), 404, 'unknown_agreement');
    expectProblem(await suspend(deal, a.key), 404, 'unknown_agreement');
    const routes = (await deniedTo(a.key, `&resource=agreement:${deal.code}`)).map(({ request }) => request);
    expect(routes.map(({ method }) => method).sort()).toEqual(['GET', 'POST']);
    expect(await deniedTo(deal.a.key)).toEqual([]);
    const all = await deniedTo(market.operatorKey, `&resource=agreement:${deal.code}`);
    expect(all.some(({ actor }) => actor.provider === a.code)).toBe(true);
  });

  it('with a revoked or an expired key names the key to its owner', async () => {
    const { code, key } = await market.provider('rotating', ['audit:read', 'keys:write', 'traffic:read']);
    const body = { name: 'old', scopes: ['traffic:read'] };
    const path = `/v1/providers/${code}/api-keys`;
    const revoked = (await market.request('POST', path, { key, body })).body;
    expectStatus(await market.request('DELETE', `${path}/${revoked.id}`, { key }), 204);
    const expired = (await market.request('POST', path, { key, body: { ...body, name: 'older' } })).body;
    await market.database.query(`UPDATE api_keys SET expires_at = now() - interval '1 hour' WHERE id = $1`, [
      expired.id,
    ]);
    for (const old of [revoked, expired])
      expectProblem(await get('/v1/providers', old.key), 401, 'unauthenticated');
    const denied = await deniedTo(key);
    expect(denied.map(({ actor }) => actor.credential.id).sort()).toEqual([revoked.id, expired.id].sort());
    expect(denied.every(({ status }) => status === 401)).toBe(true);
  });

  it('by nobody in particular is for the operator alone', async () => {
    expectProblem(await market.request('GET', '/v1/providers'), 401, 'unauthenticated');
    const [denied] = await deniedTo(market.operatorKey);
    expect(denied).toMatchObject({
      actor: { kind: 'unknown', provider: null, credential: null },
      status: 401,
    });
    for (const { key } of [deal.a, stranger.a]) {
      expect((await deniedTo(key)).some(({ actor }) => actor.kind === 'unknown')).toBe(false);
    }
  });

  it('is none where a request is wrong for another reason, or nothing is at its path', async () => {
    const { key } = await market.provider('clumsy', ['audit:read', 'agreements:read']);
    await get('/v1/agreements?limit=0', key);
    await get('/v1/nothing', key);
    await market.request('POST', '/v1/agreements', { key, body: '{' });
    await get('/problems/nothing', key);
    expect(await deniedTo(key)).toEqual([]);
  });

  it('is counted in any case, also where there is no room for a row of its own', async () => {
    const flood = await market.provider('flood', ['audit:read', 'agreements:read']);
    const paths = Array.from({ length: ROWS_A_MINUTE + 40 }, (_, n) => `/v1/agreements/guess-${n}`);
    for (let n = 0; n < paths.length; n += 20) {
      await Promise.all(paths.slice(n, n + 20).map((path) => get(path, flood.key)));
    }
    await Promise.all(Array.from({ length: 30 }, () => get(`/v1/agreements/${deal.code}`, stranger.b.key)));
    await market.get(DenialLog).write(true);
    const attempts = async (key: string): Promise<number> =>
      (await logOf(key, '&outcome=denied')).reduce((sum: number, row: any) => sum + row.attempts, 0);
    expect(await attempts(flood.key)).toBe(paths.length);
    expect(await attempts(stranger.b.key)).toBe(30);
  });
});
