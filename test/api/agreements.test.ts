import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { expectProblem, type TestAnswer } from '../support/api.js';
import { FREE, startMarket, type Market, type Party } from '../support/market.js';

let market: Market;
let alpha: Party;
let beta: Party;
let gamma: Party;

beforeAll(async () => {
  market = await startMarket();
  alpha = await market.provider('alpha');
  beta = await market.provider('beta');
  gamma = await market.provider('gamma');
});

afterAll(() => market.close());

let made = 0;
const newCode = (): string => `agreement-${++made}`;
const get = (path: string, key: string) => market.request('GET', path, { key });
const post = (path: string, key: string, body: unknown, headers?: Record<string, string>) =>
  market.request('POST', path, { key, body, ...(headers && { headers }) });

function input(code: string, change: object = {}): object {
  return { code, partyA: 'alpha', partyB: 'beta', timezone: 'Europe/Zurich', currency: 'USD', ...change };
}

async function agreement(change: object = {}): Promise<string> {
  const code = newCode();
  const answer = await post('/v1/agreements', alpha.key, input(code, change));
  expect(answer.status).toBe(201);
  return code;
}

const propose = (code: string, key: string, terms: object = FREE, effectiveFrom = '2025-03') =>
  post(`/v1/agreements/${code}/versions`, key, { effectiveFrom, terms });
const accept = (code: string, key: string, version: number, sha256: string) =>
  post(`/v1/agreements/${code}/versions/${version}/accept`, key, { sha256 }, { 'Idempotency-Key': '' });

/** The body without what differs between any two requests. */
function anonymous({ body }: TestAnswer): object {
  const { request_id: _, instance: __, ...rest } = body;
  return rest;
}

describe('making an agreement', () => {
  it('answers with it and where it is, and takes autoClose for granted', async () => {
    const code = newCode();
    const answer = await post('/v1/agreements', beta.key, input(code));
    expect(answer.status).toBe(201);
    expect(answer.headers.get('location')).toBe(`/v1/agreements/${code}`);
    expect(answer.body).toMatchObject({ ...input(code), autoClose: true, state: 'proposed' });
    for (const key of [alpha.key, beta.key, market.operatorKey]) {
      const read = await get(`/v1/agreements/${code}`, key);
      expect(read.body).toEqual(answer.body);
      expect(read.headers.get('etag')).toMatch(/^"/);
    }
  });

  it('needs an Idempotency-Key, and answers a repetition the same', async () => {
    const code = newCode();
    const missing = await post('/v1/agreements', alpha.key, input(code), { 'Idempotency-Key': '' });
    expectProblem(missing, 400, 'idempotency_key_required');
    const [first, again] = [
      await post('/v1/agreements', alpha.key, input(code), { 'Idempotency-Key': code }),
      await post('/v1/agreements', alpha.key, input(code), { 'Idempotency-Key': code }),
    ];
    expect(again.bytes).toEqual(first.bytes);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  it('takes a code once, also in a race', async () => {
    const code = newCode();
    const raced = await Promise.all([1, 2, 3, 4].map(() => post('/v1/agreements', alpha.key, input(code))));
    expect(raced.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  it.each([
    ['/partyB', { partyB: 'alpha' }, 'invalid_agreement'],
    ['/partyB', { partyB: 'nobody' }, 'invalid_agreement'],
    ['/timezone', { timezone: 'Europe/Atlantis' }, 'invalid_agreement'],
    ['/timezone', { timezone: '+02:00' }, 'invalid_agreement'],
    ['/currency', { currency: 'XXQ' }, 'invalid_agreement'],
    ['/currency', { currency: 'usd' }, 'invalid_agreement'],
    ['/code', { code: 'Not A Slug' }, 'validation_failed'],
    ['/autoClose', { autoClose: 'yes' }, 'validation_failed'],
    ['/netting', { netting: true }, 'validation_failed'],
  ])('points at a wrong %s in %j', async (pointer, change, code) => {
    const answer = await post('/v1/agreements', alpha.key, input(newCode(), change));
    expectProblem(answer, 422, code);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  it('is for a party of it, or the operator', async () => {
    expectProblem(await post('/v1/agreements', gamma.key, input(newCode())), 403, 'not_a_party');
    expect((await post('/v1/agreements', market.operatorKey, input(newCode()))).status).toBe(201);
  });
});

describe('terms', () => {
  it('are in force once the other party accepted the hash', async () => {
    const code = await agreement();
    const proposed = await propose(code, alpha.key);
    expect(proposed.status).toBe(201);
    expect(proposed.headers.get('location')).toBe(`/v1/agreements/${code}/versions/1`);
    expect(proposed.body).toMatchObject({
      version: 1,
      state: 'proposed',
      acceptedBy: ['alpha'],
      inForceAt: null,
      proposedBy: 'alpha',
    });
    const accepted = await accept(code, beta.key, 1, proposed.body.sha256);
    expect(accepted.status).toBe(200);
    expect(accepted.body).toMatchObject({ state: 'in_force', acceptedBy: ['alpha', 'beta'] });
    expect((await accept(code, beta.key, 1, proposed.body.sha256)).body).toEqual(accepted.body);
    expect((await get(`/v1/agreements/${code}`, alpha.key)).body.state).toBe('in_force');
    expect((await get(`/v1/agreements/${code}/versions`, beta.key)).body).toEqual({
      data: [accepted.body],
      nextCursor: null,
    });
  });

  it('have a hash that anybody can recompute, over all that holds', async () => {
    const code = await agreement();
    const { body } = await propose(code, alpha.key, {
      directions: {
        aToB: {
          zeroRating: { kind: 'allowance', quantity: '500', unit: 'TiB' },
          pricing: { model: 'linear', unit: 'GB', unitPrice: '0.02' },
        },
      },
    });
    const { terms, effectiveFrom, sha256 } = body;
    const document = { ...input(code), effectiveFrom, terms };
    expect(createHash('sha256').update(canonicalize(document)!).digest('hex')).toBe(sha256);
    expect(terms).toMatchObject({
      days: { cutOff: 5, acceptance: 15, payment: 30, disputeWindow: 60 },
      backBillingMonths: 6,
      netting: true,
      commitments: [],
      reconciliation: { bucket: 'hour', ppm: 1000, mismatchRule: 'lower', oneSided: 'use_reported' },
      directions: { bToA: { zeroRating: { kind: 'none' }, pricing: { model: 'none' } } },
    });
    const other = await agreement();
    const same = await propose(other, alpha.key, terms);
    expect(same.body.sha256).not.toBe(sha256);
  });

  it('are not accepted under another hash, nor when they were replaced', async () => {
    const code = await agreement();
    const first = await propose(code, alpha.key);
    expectProblem(await accept(code, beta.key, 1, '0'.repeat(64)), 409, 'version_hash_mismatch');
    const second = await propose(code, beta.key, { ...FREE, netting: false });
    expect(second.body).toMatchObject({ version: 2, acceptedBy: ['beta'] });
    expectProblem(await accept(code, alpha.key, 2, first.body.sha256), 409, 'version_hash_mismatch');
    expectProblem(await accept(code, beta.key, 1, first.body.sha256), 409, 'version_not_current');
    expectProblem(await accept(code, beta.key, 3, first.body.sha256), 404, 'version_not_found');
    expect((await get(`/v1/agreements/${code}`, alpha.key)).body.state).toBe('proposed');
    expect((await accept(code, alpha.key, 2, second.body.sha256)).body.state).toBe('in_force');
  });

  it("are each party's own to propose and accept: nobody does it for another", async () => {
    const code = await agreement();
    const { body } = await propose(code, alpha.key);
    const again = await accept(code, alpha.key, 1, body.sha256);
    expect(again.body).toMatchObject({ state: 'proposed', acceptedBy: ['alpha'] });
    expectProblem(await accept(code, market.operatorKey, 1, body.sha256), 403, 'not_a_party');
    expectProblem(await propose(code, market.operatorKey), 403, 'not_a_party');
    const reader = await market.request('POST', '/v1/providers/beta/api-keys', {
      key: market.operatorKey,
      body: { name: 'reader', scopes: ['agreements:read'] },
    });
    expectProblem(await accept(code, reader.body.key, 1, body.sha256), 403, 'insufficient_scope');
  });

  it('proposed by both at once end in two versions', async () => {
    const code = await agreement();
    const both = await Promise.all([propose(code, alpha.key), propose(code, beta.key)]);
    expect(both.map(({ body }) => body.version).sort()).toEqual([1, 2]);
  });

  it('never start before those in force', async () => {
    const code = await agreement();
    const { body } = await propose(code, alpha.key, FREE, '2025-04');
    await accept(code, beta.key, 1, body.sha256);
    const answer = await propose(code, beta.key, FREE, '2025-03');
    expectProblem(answer, 422, 'invalid_terms');
    expect(answer.body.errors[0].pointer).toBe('/effectiveFrom');
  });

  const linear = { model: 'linear', unit: 'GB', unitPrice: '0.02' };
  const aToB = (direction: object): object => ({ directions: { aToB: direction } });
  it.each<[string, object]>([
    ['/terms/directions', {}],
    ['/terms/directions/aToB/pricing/unitPrice', aToB({ pricing: { ...linear, unitPrice: 0.02 } })],
    ['/terms/directions/aToB/pricing/unit', aToB({ pricing: { ...linear, unit: 'MB' } })],
    [
      '/terms/directions/aToB/pricing/tiers',
      aToB({ pricing: { ...linear, tiers: [{ upTo: null, unitPrice: '1' }] } }),
    ],
    [
      '/terms/directions/aToB/pricing/tiers/1/upTo',
      aToB({
        pricing: {
          model: 'volume',
          unit: 'GB',
          tiers: [
            { upTo: '10', unitPrice: '2' },
            { upTo: '10', unitPrice: '1' },
            { upTo: null, unitPrice: '1' },
          ],
        },
      }),
    ],
    ['/terms/directions/aToB/zeroRating/quantity', aToB({ zeroRating: { kind: 'allowance', unit: 'GB' } })],
    ['/terms/directions/aToB/zeroRating/services', aToB({ zeroRating: { kind: 'all', services: ['x'] } })],
    ['/terms/reconciliation/ppm', { ...FREE, reconciliation: { ppm: 1_000_001 } }],
    ['/terms/reconciliation/scopeValues/service', { ...FREE, reconciliation: { scope: ['service'] } }],
    ['/terms/ratioExcess/ratio', { ...FREE, ratioExcess: { ratio: '0', unitPrice: '1', unit: 'GB' } }],
    [
      '/terms/reconciliation/bucket',
      {
        ...FREE,
        percentile: { basis: 'aToB', commitMbps: '1', commitPrice: '1', overagePrice: '1', payer: 'A' },
      },
    ],
    ['/terms/commitments/0/amount', { ...FREE, commitments: [{ party: 'A', amount: '1.234' }] }],
    ['/terms/surprise', { ...FREE, surprise: true }],
  ])('that make no sense are refused at %s', async (pointer, terms) => {
    const code = await agreement();
    const answer = await propose(code, alpha.key, terms);
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    expect((await get(`/v1/agreements/${code}/versions`, alpha.key)).body.data).toEqual([]);
  });

  it('refuse a period that is none', async () => {
    const code = await agreement();
    for (const period of ['2025-13', '2025-3', 'soon', 202503]) {
      const answer = await post(`/v1/agreements/${code}/versions`, alpha.key, {
        effectiveFrom: period,
        terms: FREE,
      });
      expectProblem(answer, 422, 'validation_failed');
    }
  });
});

describe('a stranger', () => {
  it('sees no difference between what is not its own and what does not exist', async () => {
    const code = await agreement();
    const { body } = await propose(code, alpha.key);
    const asks: [string, string, object?][] = [
      ['GET', ''],
      ['GET', '/versions'],
      ['GET', '/versions/1'],
      ['POST', '/versions', { effectiveFrom: '2025-03', terms: FREE }],
      ['POST', '/versions/1/accept', { sha256: body.sha256 }],
      ['POST', '/batches', { records: [{}] }],
      ['GET', '/batches'],
      ['GET', `/batches/${alpha.id}`],
      ['GET', '/traffic-records'],
      ['GET', '/periods/2025-03/reconciliation'],
      ['GET', '/periods/2025-03/reconciliation/buckets'],
      ['GET', '/periods/2025-03/preview'],
      ['POST', '/periods/2025-03/close'],
    ];
    for (const [method, path, content] of asks) {
      const [theirs, nothing] = await Promise.all(
        [code, 'no-such'].map((each) =>
          market.request(method, `/v1/agreements/${each}${path}`, { key: gamma.key, body: content }),
        ),
      );
      expect({ path, status: theirs!.status }).toEqual({ path, status: 404 });
      expect(anonymous(theirs!)).toEqual(anonymous(nothing!));
    }
  });

  it('finds its own agreements alone in the list', async () => {
    await agreement();
    const own = newCode();
    await post('/v1/agreements', gamma.key, input(own, { partyB: 'gamma' }));
    const { body } = await get('/v1/agreements', gamma.key);
    expect(body.data.map(({ code }: { code: string }) => code)).toEqual([own]);
  });
});

describe('the list of agreements', () => {
  it('gives each once, page by page, while others are made', async () => {
    const codes = [];
    for (let n = 0; n < 7; n++) codes.push(await agreement());
    const seen: string[] = [];
    for (let path: string | null = '/v1/agreements?limit=3'; path;) {
      const answer: TestAnswer = await get(path, beta.key);
      seen.push(...answer.body.data.map(({ code }: { code: string }) => code));
      if (seen.length < 7) await agreement();
      const link: string | null = answer.headers.get('link');
      path = link && /^<(.+)>; rel="next"$/.exec(link)![1]!;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(codes));
  });
});
