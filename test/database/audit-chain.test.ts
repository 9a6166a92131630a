import pg from 'pg';
import { AuditChainsService, AuditService, type AuditedParty } from '../../src/access/index.js';
import { OPERATOR, SERVICE_ROLE, type Transaction } from '../../src/platform/database/index.js';
import { expectStatus, hourly, startMarket, type Deal, type Market } from '../support/market.js';
import { until } from '../support/until.js';

let market: Market;
let chains: AuditChainsService;

beforeAll(async () => {
  market = await startMarket();
  chains = market.acting(AuditChainsService);
});

afterAll(() => market.close());

interface Link {
  sequence: string;
  action: string;
}

const chainOf = (chainId: string): Promise<Link[]> =>
  market.database.query<Link>(
    `SELECT sequence, action FROM audit_events WHERE chain_id = $1 ORDER BY sequence`,
    [chainId],
  );

/** Logs a change of the service's in a transaction, which `then` may still undo. */
const change = (
  action: string,
  then: (tx: Transaction) => Promise<void> = () => Promise.resolve(),
): Promise<void> =>
  market.pool.transactionFor(OPERATOR, async (tx) => {
    market.get(AuditService).record(tx, { action, resource: { kind: 'test', id: '1' }, parties: [] });
    await then(tx);
  });

const PLATFORM = '00000000-0000-0000-0000-000000000000';

describe('a chain', () => {
  it('is gapless, and one after the other, with eight writers at once', async () => {
    const { a, code } = await market.deal();
    const before = (await chainOf(a.id)).length;
    const path = `/v1/providers/${a.code}/api-keys`;
    const writer = async (n: number): Promise<void> => {
      for (let i = 0; i < 10; i++) {
        const body = { name: `key ${n} ${i}`, scopes: ['traffic:read'] };
        expectStatus(await market.request('POST', path, { key: a.key, body }), 201);
      }
    };
    const batches = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) await market.take({ code }, a, [hourly(`r${i}`, '05T00', '1')]);
    };
    await Promise.all([...Array.from({ length: 7 }, (_, n) => writer(n)), batches()]);
    const links = await chainOf(a.id);
    expect(links.map(({ sequence }) => sequence)).toEqual(links.map((_, n) => String(n + 1)));
    expect(links.length - before).toBe(75);
    expect(await chains.verify(a.id)).toEqual({ events: links.length, firstProblem: null });
  });

  it('has nothing of a transaction that is rolled back, or of a part that is', async () => {
    const before = await chainOf(PLATFORM);
    await expect(change('test.undone', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await change('test.kept', async (tx) => {
      const undone = tx.attempt(() => {
        market.get(AuditService).record(tx, {
          action: 'test.undone',
          resource: { kind: 'test', id: '2' },
          parties: [],
        });
        return Promise.reject(new Error('no'));
      });
      await expect(undone).rejects.toThrow('no');
    });
    expect((await chainOf(PLATFORM)).slice(before.length).map(({ action }) => action)).toEqual(['test.kept']);
  });

  it('is held by nobody until the commit, and a rival’s by nobody else', async () => {
    const one = await market.deal();
    const owner = new pg.Client({ connectionString: market.database.url });
    await owner.connect();
    await owner.query('BEGIN');
    await owner.query('SELECT FROM audit_heads WHERE chain_id = $1 FOR UPDATE', [one.a.id]);
    const body = { name: 'second', scopes: ['traffic:read'] };
    const make = (party: Deal['a']) =>
      market.request('POST', `/v1/providers/${party.code}/api-keys`, { key: party.key, body });
    const held = make(one.a);
    await until('the request waits for its chain', async () => {
      const waiting = await market.database.query(
        `SELECT FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')`,
      );
      return waiting.length > 0;
    });
    expectStatus(await make(one.b), 201);
    await market.take(one, one.b, [hourly('r1', '05T00', '1')]);
    await owner.query('COMMIT');
    await owner.end();
    expectStatus(await held, 201);
  });

  it('can only be added to by the service', async () => {
    const service = new pg.Client({
      connectionString: market.database.url,
      options: `-c role=${SERVICE_ROLE}`,
    });
    await service.connect();
    for (const statement of [
      `UPDATE audit_events SET action = 'x'`,
      'DELETE FROM audit_events',
      'TRUNCATE audit_events',
      'DELETE FROM audit_heads',
      `UPDATE audit_denials SET attempts = 1`,
      'DELETE FROM audit_denials',
    ]) {
      await expect(service.query(statement)).rejects.toThrow(/permission denied/);
    }
    await service.end();
  });
});

describe('tampering by the owner of the database', () => {
  let party: AuditedParty & { key: string };

  beforeEach(async () => {
    party = (await market.deal()).a;
    for (const name of ['one', 'two', 'three']) {
      const body = { name, scopes: ['traffic:read'] };
      const path = `/v1/providers/${party.code}/api-keys`;
      expectStatus(await market.request('POST', path, { key: party.key, body }), 201);
    }
    expect(await chains.verify(party.id)).toMatchObject({ firstProblem: null });
  });

  /** Runs statements with no constraint to hinder them, looks, and takes them back. */
  async function tampered(statements: readonly string[]): Promise<unknown> {
    const owner = new pg.Client({ connectionString: market.database.url });
    await owner.connect();
    await owner.query(`CREATE TEMP TABLE kept_events AS SELECT * FROM audit_events`);
    await owner.query(`CREATE TEMP TABLE kept_heads AS SELECT * FROM audit_heads`);
    await owner.query('SET session_replication_role = replica');
    await owner.query('ALTER TABLE audit_events DROP CONSTRAINT IF EXISTS audit_events_hash');
    try {
      for (const statement of statements) await owner.query(statement.replaceAll('$chain', `'${party.id}'`));
      return (await chains.verify(null)).firstProblem;
    } finally {
      await owner.query('DELETE FROM audit_events');
      await owner.query(`INSERT INTO audit_events (chain_id, sequence, id, recorded_at, party_id, counterparty_id,
          action, resource_kind, resource_id, agreement, canonical, previous_sha256, sha256)
        SELECT chain_id, sequence, id, recorded_at, party_id, counterparty_id, action, resource_kind, resource_id,
          agreement, canonical, previous_sha256, sha256 FROM kept_events`);
      await owner.query('DELETE FROM audit_heads');
      await owner.query('INSERT INTO audit_heads SELECT * FROM kept_heads');
      await owner.end();
    }
  }

  const third = 'chain_id = $chain AND sequence = 3';

  it.each<[string, string[], string, RegExp]>([
    [
      'a text changed',
      [`UPDATE audit_events SET canonical = replace(canonical, 'one', 'six') WHERE ${third}`],
      '3',
      /hash is not that of the canonical/,
    ],
    [
      'a text changed with its hash',
      [
        `UPDATE audit_events SET canonical = replace(canonical, 'one', 'six') WHERE ${third}`,
        `UPDATE audit_events SET sha256 = sha256(previous_sha256 || convert_to(canonical, 'UTF8')) WHERE ${third}`,
      ],
      '4',
      /previous hash/,
    ],
    ['an event deleted', [`DELETE FROM audit_events WHERE ${third}`], '3', /missing/],
    [
      'the last event deleted',
      [
        `DELETE FROM audit_events WHERE chain_id = $chain AND sequence =
         (SELECT max(sequence) FROM audit_events WHERE chain_id = $chain)`,
      ],
      'last',
      /missing/,
    ],
    ['a head moved back', [`UPDATE audit_heads SET sequence = 3 WHERE chain_id = $chain`], 'last', /head/],
    ['a head deleted', [`DELETE FROM audit_heads WHERE chain_id = $chain`], 'last', /head/],
    ['an action changed', [`UPDATE audit_events SET action = 'x' WHERE ${third}`], '3', /differs/],
    ['a resource changed', [`UPDATE audit_events SET resource_id = 'x' WHERE ${third}`], '3', /differs/],
    ['a kind changed', [`UPDATE audit_events SET resource_kind = 'x' WHERE ${third}`], '3', /differs/],
    ['an agreement changed', [`UPDATE audit_events SET agreement = 'x' WHERE ${third}`], '3', /differs/],
    ['an id changed', [`UPDATE audit_events SET id = gen_random_uuid() WHERE ${third}`], '3', /differs/],
    ['a party taken away', [`UPDATE audit_events SET party_id = NULL WHERE ${third}`], '3', /differs/],
    [
      'a time moved by a microsecond',
      [`UPDATE audit_events SET recorded_at = recorded_at + interval '1 microsecond' WHERE ${third}`],
      '3',
      /differs/,
    ],
    [
      'a party added',
      [
        `UPDATE audit_events SET counterparty_id = (SELECT id FROM providers WHERE id <> $chain LIMIT 1) WHERE ${third}`,
      ],
      '3',
      /differs/,
    ],
    [
      'two events exchanged',
      [
        `UPDATE audit_events SET sequence = 1000 WHERE ${third}`,
        `UPDATE audit_events SET sequence = 3 WHERE chain_id = $chain AND sequence = 4`,
        `UPDATE audit_events SET sequence = 4 WHERE chain_id = $chain AND sequence = 1000`,
      ],
      '3',
      /previous hash/,
    ],
  ])('%s is found at its link', async (_, statements, sequence, what) => {
    const last = (await chainOf(party.id)).at(-1)!.sequence;
    const [found] = [await tampered(statements)];
    expect(found).toEqual({
      provider: party.code,
      sequence: expect.anything(),
      what: expect.stringMatching(what),
    });
    const at = String((found as { sequence: bigint }).sequence);
    expect(at).toBe(sequence === 'last' ? last : sequence);
    expect(await chains.verify(null)).toMatchObject({ firstProblem: null });
  });

  it('shows in the answer of the integrity check, to the provider and to the operator', async () => {
    const statement = `UPDATE audit_events SET action = 'x' WHERE chain_id = $1 AND sequence = 3`;
    await market.database.query(statement, [party.id]);
    for (const key of [party.key, market.operatorKey]) {
      const { body } = await market.request('GET', '/v1/ledger/integrity', { key });
      expect(body).toMatchObject({
        ok: false,
        firstProblem: { check: 'audit_log', agreement: null, book: party.code, sequence: '3' },
      });
    }
  });
});
