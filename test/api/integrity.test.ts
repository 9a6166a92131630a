import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IntegrityService } from '../../src/integrity/index.js';
import { entryProofCheck, ledgerHeadCheck, recordProofCheck } from '../../src/integrity/index.js';
import { expectProblem } from '../support/api.js';
import { hourly, startMarket, type Deal, type Market } from '../support/market.js';
import { raised, stepped } from './disputes-support.js';

let market: Market;
let deal: Deal;
let other: Deal;
/** The other's. */
let statement: any;

const TERMS = {
  directions: {
    aToB: {
      zeroRating: { kind: 'allowance', quantity: '1', unit: 'GB' },
      pricing: {
        model: 'graduated',
        unit: 'GB',
        tiers: [
          { upTo: '2', unitPrice: '1', flatFee: '3.00' },
          { upTo: null, unitPrice: '0.5' },
        ],
      },
    },
    bToA: { pricing: { model: 'linear', unit: 'GB', unitPrice: '0.25' } },
  },
};

beforeAll(async () => {
  market = await startMarket({ worker: true });
  [deal, other] = [await settle(), await settle()];
  await dispute(other);
});

afterAll(() => market.close());

async function settle(): Promise<Deal> {
  const made = await market.deal({
    terms: TERMS,
    prices: { a: [{ side: 'egress', unit: 'GB', unitPrice: '0.22' }] },
  });
  await market.take(made, made.a, [
    hourly('r1', '05T00', '9000000000', { customer: 'c-1' }),
    hourly('r2', '05T01', '4000000000', { direction: 'ingress' }),
  ]);
  await market.take(made, made.b, [
    hourly('r1', '05T00', '9000000000', { direction: 'ingress' }),
    hourly('r2', '05T01', '4000000000'),
  ]);
  statement = await market.closePeriod(made);
  return made;
}

async function dispute({ a, b }: Deal): Promise<void> {
  const evidence = { text: 'Our routers counted less.' };
  const of = { deal: other, statement, lineId: statement.lines[0].id };
  const { id } = await raised(market, of, a, { claimedAmount: '1.00', evidence });
  await stepped(market, id, 'propose', b, { body: { resolution: { kind: 'no_change' }, evidence } });
}

const get = (path: string, key: string) => market.request('GET', path, { key });

/** Changes rows as the owner of the database, with no constraint to hinder it. */
async function tampered(statement: string, look: () => Promise<void>): Promise<void> {
  const { url } = market.database;
  const { default: pg } = await import('pg');
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  await owner.query('CREATE TEMP TABLE keep_statements AS SELECT * FROM statements');
  await owner.query('CREATE TEMP TABLE keep_seals AS SELECT * FROM ledger_seals');
  await owner.query('CREATE TEMP TABLE keep_entries AS SELECT id, amount FROM ledger_entries');
  await owner.query('CREATE TEMP TABLE keep_parts AS SELECT * FROM rendering_parts');
  await owner.query('CREATE TEMP TABLE keep_disputes AS SELECT * FROM disputes');
  await owner.query('CREATE TEMP TABLE keep_steps AS SELECT * FROM dispute_steps');
  await owner.query('SET session_replication_role = replica');
  await owner.query('ALTER TABLE ledger_seals DROP CONSTRAINT IF EXISTS ledger_seals_hash');
  try {
    await owner.query(statement);
    await look();
  } finally {
    await owner.query('INSERT INTO statements SELECT * FROM keep_statements ON CONFLICT DO NOTHING');
    await owner.query(`UPDATE statements s SET document = k.document, sha256 = k.sha256,
      closing_balance = k.closing_balance FROM keep_statements k WHERE k.id = s.id`);
    await owner.query('DELETE FROM rendering_parts');
    await owner.query('INSERT INTO rendering_parts SELECT * FROM keep_parts');
    for (const [table, kept] of [
      ['dispute_steps', 'keep_steps'],
      ['disputes', 'keep_disputes'],
    ]) {
      await owner.query(`DELETE FROM ${table}`);
      await owner.query(`INSERT INTO ${table} SELECT * FROM ${kept}`);
    }
    await owner.query('DELETE FROM ledger_seals');
    await owner.query('INSERT INTO ledger_seals SELECT * FROM keep_seals');
    await owner.query('UPDATE ledger_entries e SET amount = k.amount FROM keep_entries k WHERE k.id = e.id');
    await owner.end();
  }
}

describe('GET /v1/ledger/integrity', () => {
  it('says of everything that it holds, to the operator and to each party of its own', async () => {
    const all = await get('/v1/ledger/integrity', market.operatorKey);
    expect(all.body).toEqual({
      ok: true,
      checkedAt: expect.any(String),
      counts: {
        agreements: 2,
        transactions: 8,
        entries: 20,
        statements: 2,
        disputeSteps: 2,
        renderings: 8,
        ledgerHeads: 2,
        auditEvents: 27,
      },
      firstProblem: null,
    });
    const own = await get('/v1/ledger/integrity', deal.a.key);
    expect(own.body).toMatchObject({ ok: true, counts: { agreements: 1 } });
    const named = await get(`/v1/ledger/integrity?agreement=${deal.code}`, market.operatorKey);
    expect(named.body).toMatchObject({ ok: true, counts: { agreements: 1, transactions: 3 } });
    expectProblem(
      await get(`/v1/ledger/integrity?agreement=${deal.code}`, other.a.key),
      404,
      'unknown_agreement',
    );
  });

  it.each<[string, string, object]>([
    [
      'an entry',
      `UPDATE ledger_entries SET amount = amount + 1 WHERE sequence = 1
        AND agreement_id = (SELECT min(id::text)::uuid FROM agreements)`,
      {
        check: 'ledger',
        sequence: '1',
        book: expect.any(String),
        what: expect.stringContaining('canonical'),
      },
    ],
    [
      'a statement',
      `UPDATE statements SET document = replace(document, '"payableByA":"', '"payableByA":"1')`,
      { check: 'statements', what: 'statement 1: the hash is not that of its content' },
    ],
    [
      'a statement with its hash',
      `UPDATE statements SET
         document = replace(document, '"payableByA":"', '"payableByA":"1'),
         sha256 = encode(sha256(convert_to(replace(document, '"payableByA":"', '"payableByA":"1'), 'UTF8')), 'hex')`,
      { check: 'statements', what: 'statement 1: the books do not hold what it charges' },
    ],
    [
      'a closing balance',
      `UPDATE statements SET closing_balance = closing_balance + 1`,
      { check: 'statements', what: expect.stringContaining('closing balance') },
    ],
    [
      'an opening balance, with all that follows from it',
      `UPDATE statements SET closing_balance = closing_balance + 100,
         document = regexp_replace(replace(document, '"openingBalance":"0.00"', '"openingBalance":"1.00"'),
           '"closingBalance":"[^"]*"', '"closingBalance":"' || round((closing_balance + 100) / 100, 2) || '"');
       UPDATE statements SET sha256 = encode(sha256(convert_to(document, 'UTF8')), 'hex')`,
      {
        check: 'statements',
        what: 'statement 1: its opening balance is not the closing balance before it',
      },
    ],
    [
      'a byte of a stored file',
      `UPDATE rendering_parts SET content = set_byte(content, 0, 32)`,
      {
        check: 'renderings',
        what: expect.stringMatching(/^statement deal-\d+-0001: its stored \w+ is not what/),
      },
    ],
    [
      'the length of a stored file',
      `DELETE FROM rendering_parts`,
      { check: 'renderings', what: expect.stringContaining('is not what was made of it') },
    ],
    [
      'a ledger head',
      `UPDATE ledger_seals SET document = replace(document, '"count":', '"count":1')`,
      { check: 'ledger_heads', what: expect.stringContaining('hash') },
    ],
    [
      'a ledger head with its hash',
      `UPDATE ledger_seals SET
         document = replace(document, '"count":', '"count":1'),
         sha256 = encode(sha256(convert_to(replace(document, '"count":', '"count":1'), 'UTF8')), 'hex')`,
      { check: 'ledger_heads', what: expect.stringContaining('are not what they were') },
    ],
    [
      'every ledger head, by taking it away,',
      `DELETE FROM ledger_seals`,
      { check: 'ledger_heads', what: 'the ledger head 1, of statement 1, is missing' },
    ],
    [
      'every statement, by taking it away,',
      `DELETE FROM statements`,
      {
        check: 'ledger_heads',
        what: expect.stringMatching(/^ledger head 1: statement .*-0001, which it came/),
      },
    ],
    [
      'the evidence of a dispute',
      `UPDATE dispute_steps SET evidence = replace(evidence::text, 'less', 'more')::jsonb WHERE kind = 'raise'`,
      {
        check: 'disputes',
        what: expect.stringMatching(/^dispute [-0-9a-f]{36}, step 1: what is stored .* audit log/),
      },
    ],
    [
      'the party that took a step of a dispute',
      `UPDATE dispute_steps s SET provider_id = d.raised_by FROM disputes d
        WHERE d.id = s.dispute_id AND s.kind = 'propose'`,
      { check: 'disputes', what: expect.stringMatching(/, step 2: what is stored .* audit log/) },
    ],
    [
      'a step of a dispute, by taking it away,',
      `DELETE FROM dispute_steps WHERE kind = 'propose'`,
      { check: 'disputes', what: expect.stringMatching(/: a step that the audit log has is missing$/) },
    ],
    [
      'a whole dispute, by taking it away,',
      `DELETE FROM dispute_steps; DELETE FROM disputes`,
      { check: 'disputes', what: expect.stringMatching(/: a step that the audit log has is missing$/) },
    ],
    [
      'a dispute, by a step that nobody took,',
      `INSERT INTO dispute_steps (agreement_id, dispute_id, position, id, kind, provider_id, key_id, taken_at,
         recorded, from_state, to_state, withheld_before, withheld_after, evidence, resolution)
       SELECT agreement_id, dispute_id, 3, gen_random_uuid(), kind, provider_id, key_id, taken_at, recorded,
         from_state, to_state, withheld_before, withheld_after, evidence, resolution
       FROM dispute_steps WHERE kind = 'propose'`,
      { check: 'disputes', what: expect.stringMatching(/, step 3: the audit log has no such step$/) },
    ],
  ])('names %s that was changed', async (_, sql, problem) => {
    await tampered(sql, async () => {
      const { body } = await get('/v1/ledger/integrity', market.operatorKey);
      expect(body).toMatchObject({ ok: false, firstProblem: { agreement: expect.any(String), ...problem } });
    });
    expect((await get('/v1/ledger/integrity', market.operatorKey)).body).toMatchObject({ ok: true });
  });

  it('shows in the metrics once a check was made on schedule, at most one an interval', async () => {
    const metrics = async () => (await get('/metrics', market.operatorKey)).text;
    const integrity = market.acting(IntegrityService);
    await integrity.verifyOnSchedule(0);
    expect(await metrics()).toMatch(/^peerledger_ledger_integrity_ok 1$/m);
    expect(await metrics()).toMatch(/^peerledger_ledger_integrity_checked_timestamp_seconds \d+/m);
    expect(await integrity.verifyOnSchedule(60_000)).toBeNull();
    await tampered(`UPDATE ledger_entries SET amount = amount + 1`, async () => {
      await integrity.verifyOnSchedule(0);
      expect(await metrics()).toMatch(/^peerledger_ledger_integrity_ok 0$/m);
    });
  });
});

describe('ledger heads', () => {
  it('come with every statement, signed, the same to both parties', async () => {
    const path = `/v1/agreements/${deal.code}/ledger-heads`;
    const { body } = await get(path, deal.a.key);
    expect((await get(path, deal.b.key)).body).toEqual(body);
    expect(body.data).toHaveLength(1);
    const [seal] = body.data;
    expect(seal.head).toEqual({
      type: 'peerledger-ledger-head',
      agreement: deal.code,
      number: 1,
      period: '2025-03',
      statement: `${deal.code}-0001`,
      sealedAt: expect.any(String),
      books: [deal.a, deal.b].map(({ code }) => ({
        provider: code,
        sequence: expect.stringMatching(/^[12]$/),
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        entries: { from: '1', count: expect.any(Number), root: expect.stringMatching(/^[0-9a-f]{64}$/) },
      })),
      previousSha256: null,
    });
    expect((await get(`${path}/1`, deal.b.key)).body).toEqual(seal);
    const findings = await ledgerHeadCheck.check(seal, { keys: [], signatures: null });
    expect(findings.map(({ ok }) => ok)).toEqual([true, true]);
    expectProblem(await get(`${path}/2`, deal.a.key), 404, 'ledger_head_not_found');
    expectProblem(await get(path, other.a.key), 404, 'unknown_agreement');
  });

  it('are wrong when anything of them is changed, or another key signed them', async () => {
    const { body: seal } = await get(`/v1/agreements/${deal.code}/ledger-heads/1`, deal.a.key);
    const check = async (changed: object, keys: object[] = []) =>
      (await ledgerHeadCheck.check(changed as Record<string, unknown>, { keys, signatures: null })).map(
        ({ ok }) => ok,
      );
    expect(await check({ ...seal, head: { ...seal.head, period: '2025-04' } })).toEqual([false, false]);
    expect(await check({ ...seal, sha256: '0'.repeat(64) })).toEqual([false, true]);
    const { keys } = (await get('/.well-known/peerledger-keys.json', '')).body;
    expect(await check(seal, keys)).toEqual([true, true]);
    const { generateKeyPair, exportJWK } = await import('jose');
    const { publicKey } = await generateKeyPair('EdDSA', { extractable: true });
    expect(await check(seal, [await exportJWK(publicKey)])).toEqual([true, false]);
  });
});

describe('the proof of an entry', () => {
  it('holds offline, for each entry of the own book, and for no other', async () => {
    const { body } = await get('/v1/ledger/entries', deal.a.key);
    expect(body.data.length).toBeGreaterThan(3);
    for (const { id } of body.data) {
      const proof = (await get(`/v1/ledger/entries/${id}/proof`, deal.a.key)).body;
      const check = async (changed: object) =>
        (await entryProofCheck.check(changed as Record<string, unknown>, { keys: [], signatures: null })).map(
          ({ ok }) => ok,
        );
      expect(proof.entry).toMatchObject({ id, source: { kind: expect.any(String) } });
      expect(await check(proof)).toEqual([true, true, true]);
      expect(await check({ ...proof, entry: { ...proof.entry, amount: '1' } })).toEqual([false, true, true]);
      expect(await check({ ...proof, index: proof.index + 1 })).toEqual([false, true, true]);
      expectProblem(await get(`/v1/ledger/entries/${id}/proof`, deal.b.key), 404, 'ledger_entry_not_found');
    }
  });

  it('waits for the statement that seals it', async () => {
    const paid = await market.request('POST', '/v1/payments', {
      key: other.a.key,
      body: {
        agreement: other.code,
        payer: other.a.code,
        amount: '1.00',
        currency: 'USD',
        paidAt: '2025-05-01T00:00:00Z',
        reference: 'wire',
      },
    });
    await market.request('POST', `/v1/payments/${paid.body.id}/confirm`, { key: other.b.key });
    const { body } = await get(`/v1/ledger/entries?source=${paid.body.id}`, other.a.key);
    const path = `/v1/ledger/entries/${body.data[0].id}/proof`;
    expectProblem(await get(path, other.a.key), 409, 'ledger_entry_not_sealed');
    await market.closePeriod(other, '2025-04');
    expect((await get(path, other.a.key)).body.head).toMatchObject({ number: 2, period: '2025-04' });
    expect((await get('/v1/ledger/integrity', other.a.key)).body).toMatchObject({ ok: true });
  });
});

describe('the proof of a record', () => {
  it('holds offline, for what the reporter’s own batch stored', async () => {
    const hour = { start: '2025-06-07T00:00:00Z', end: '2025-06-07T01:00:00Z' };
    const record = (at: number, bytes = String(at)) => ({ ...hourly(`p-${at}`, '07T00', bytes), ...hour });
    const sent = Array.from({ length: 37 }, (_, at) => ({ ...record(at), customer: 'c-1' }));
    const batch = (await market.take(other, other.a, sent)).body.id;
    await market.take(other, other.a, [{ ...record(3, '5'), revision: 1 }]);
    const path = `/v1/agreements/${other.code}/batches/${batch}/proof?record=`;
    for (const at of [0, 3, 36]) {
      const { body: proof } = await get(`${path}p-${at}`, other.a.key);
      expect(proof.record).toMatchObject({
        id: `p-${at}`,
        bytes: String(at),
        customer: 'c-1',
        revision: 0,
        batch,
      });
      expect(proof.batch).toMatchObject({ batch, reporter: other.a.code, records: { count: 37 } });
      const check = async (changed: object) =>
        (
          await recordProofCheck.check(changed as Record<string, unknown>, { keys: [], signatures: null })
        ).map(({ ok }) => ok);
      expect(await check(proof)).toEqual([true, true]);
      expect(await check({ ...proof, record: { ...proof.record, bytes: '99' } })).toEqual([false, true]);
      expect(await check({ ...proof, batch: { ...proof.batch, sha256: '' } })).toEqual([true, false]);
    }
    expectProblem(await get(`${path}p-99`, other.a.key), 404, 'traffic_record_not_found');
    const ofNone = `/v1/agreements/${other.code}/batches/%20/proof?record=p-0`;
    expectProblem(await get(ofNone, other.a.key), 404, 'batch_not_found');
    expectProblem(await get(`${path}p-3&revision=1`, other.a.key), 404, 'traffic_record_not_found');
    expectProblem(await get(`${path}p-3`, other.b.key), 404, 'batch_not_found');
    expectProblem(await get(`${path}p-3`, deal.a.key), 404, 'unknown_agreement');
    expectProblem(await get(`${path}p-3`, market.operatorKey), 403, 'not_a_party');
  });
});

describe('the command', () => {
  it('peerledger verify tells heads and proofs that hold from those that do not', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'peerledger-proof-'));
    const run = async (content: object): Promise<{ code: number; out: string }> => {
      const file = join(folder, 'proof.json');
      await writeFile(file, JSON.stringify(content));
      return new Promise((resolve) =>
        execFile(process.execPath, ['bin/peerledger.js', 'verify', file], (error, out) =>
          resolve({ code: error ? Number(error.code) : 0, out }),
        ),
      );
    };
    try {
      const { body } = await get('/v1/ledger/entries?limit=1', deal.a.key);
      const proof = (await get(`/v1/ledger/entries/${body.data[0].id}/proof`, deal.a.key)).body;
      expect(await run(proof)).toEqual({ code: 0, out: expect.stringMatching(/ok +inclusion/) });
      const changed = await run({ ...proof, entry: { ...proof.entry, amount: '1' } });
      expect(changed).toEqual({ code: 1, out: expect.stringMatching(/FAILED +inclusion/) });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
