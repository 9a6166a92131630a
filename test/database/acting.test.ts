import pg from 'pg';
import {
  connectDatabase,
  keepTenant,
  NOBODY,
  OPERATOR,
  type Database,
  type Tenant,
} from '../../src/platform/database/index.js';
import { newId } from '../../src/platform/ids/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let server: TestDatabase;
/** One connection, so that each transaction gets what the one before it left. */
let database: Database;
const [A, B, C] = [newId(), newId(), newId()];
const [AB, AC] = [newId(), newId()];

beforeAll(async () => {
  server = await createTestDatabase();
  for (const [n, id] of [A, B, C].entries())
    await server.query(
      `INSERT INTO providers (id, code, name, asns, billing_currency, created_at)
       VALUES ($1, $2, $2, '{64500}', 'USD', now())`,
      [id, `cloud-${n}`],
    );
  for (const [id, code, b] of [
    [AB, 'a-b', B],
    [AC, 'a-c', C],
  ])
    await server.query(
      `INSERT INTO agreements (id, code, party_a_id, party_b_id, timezone, currency, auto_close, created_at)
       VALUES ($1, $2, $3, $4, 'Etc/UTC', 'USD', false, now())`,
      [id, code, A, b],
    );
  await server.query(`INSERT INTO agreement_clocks (agreement_id) VALUES ($1), ($2)`, [AB, AC]);
  database = await connectDatabase({ url: server.url, poolSize: 1, applicationName: 'acting test' });
});

afterAll(async () => {
  await database?.close();
  await server?.drop();
});

const provider = (providerId: string): Tenant => ({ kind: 'provider', providerId });

/** Which agreements statements see, by their clocks. */
async function seen(db: Pick<Database, 'query'> = database): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `SELECT agreement_id AS id FROM agreement_clocks ORDER BY agreement_id`,
  );
  return rows.map(({ id }) => id);
}

const seenFor = (tenant: Tenant): Promise<string[]> => database.actFor(tenant, () => seen());
const left = (): Promise<Record<string, string>[]> =>
  database.actFor(NOBODY, () =>
    database.query<Record<string, string>>(
      `SELECT current_setting('app.providers', true) AS providers, current_setting('app.agreements', true) AS agreements,
              current_setting('app.operator', true) AS operator`,
    ),
  );

describe('a statement', () => {
  it('runs for the tenant that is stated, and not without one', async () => {
    expect(await seenFor(provider(A))).toEqual([AB, AC]);
    expect(await seenFor(provider(B))).toEqual([AB]);
    expect(await seenFor({ kind: 'party', providerId: A, agreementId: AC })).toEqual([AC]);
    expect(await seenFor(OPERATOR)).toEqual([AB, AC]);
    expect(await seenFor(NOBODY)).toEqual([]);
    await expect(seen()).rejects.toThrow('No tenant is stated');
    await expect(database.transaction(() => Promise.resolve())).rejects.toThrow('No tenant is stated');
  });

  it('takes nothing but ids into its settings', async () => {
    await expect(seenFor(provider(`${A}', true); SELECT set_config('app.operator', 'on`))).rejects.toThrow(
      'no id',
    );
    await expect(seenFor({ kind: 'party', providerId: A, agreementId: '{}' })).rejects.toThrow('no id');
  });
});

describe('the next user of a connection', () => {
  const usage: [string, () => Promise<unknown>][] = [
    ['a transaction', () => database.transactionFor(provider(A), (tx) => seen(tx))],
    ['a single statement', () => seenFor(OPERATOR)],
    [
      'an error',
      () => database.transactionFor(provider(A), (tx) => tx.query('SELECT 1 / 0')).catch(() => undefined),
    ],
    [
      'work that throws',
      () =>
        database
          .transactionFor(OPERATOR, async (tx) => {
            await seen(tx);
            throw new Error('given up');
          })
          .catch(() => undefined),
    ],
    ['a snapshot', () => database.actFor(provider(B), () => database.snapshot((tx) => seen(tx)))],
    [
      'work for several tenants',
      () => database.transactionFor(NOBODY, () => database.actFor(OPERATOR, () => seen())),
    ],
    [
      'a connection that was cut',
      () =>
        database
          .transactionFor(provider(A), async (tx) => {
            const [row] = await tx.query<{ pid: number }>(`SELECT pg_backend_pid() AS pid`);
            await server.query(`SELECT pg_terminate_backend($1)`, [row!.pid]);
            await seen(tx);
          })
          .catch(() => undefined),
    ],
  ];

  it.each(usage)('finds nothing left after %s', async (_name, use) => {
    await use();
    const [settings] = await left();
    expect(Object.values(settings!).map((value) => value || '')).toEqual(['', '', '']);
    expect(await seenFor(NOBODY)).toEqual([]);
    expect(await seenFor(provider(C))).toEqual([AC]);
  });

  it('would find what a plain SET leaves', async () => {
    const client = new pg.Client({ connectionString: server.url, options: '-c role=peerledger_service' });
    await client.connect();
    await client.query(`BEGIN`);
    await client.query(`SELECT set_config('app.operator', 'on', false)`);
    await client.query(`COMMIT`);
    const { rowCount } = await client.query(`SELECT FROM agreement_clocks`);
    await client.end();
    expect(rowCount).toBe(2);
  });
});

describe('inside a transaction', () => {
  it('work for another tenant ends where it ends', async () => {
    await database.transactionFor(provider(B), async (tx) => {
      expect(await database.actFor(OPERATOR, () => seen(tx))).toEqual([AB, AC]);
      expect(await seen(tx)).toEqual([AB]);
      const failed = database.actFor(OPERATOR, async () => {
        await seen(tx);
        throw new Error('given up');
      });
      await expect(failed).rejects.toThrow('given up');
      expect(await seen(tx)).toEqual([AB]);
    });
  });

  it('what is undone takes the tenant with it that did it', async () => {
    await database.transactionFor(provider(B), async (tx) => {
      const undone = tx.attempt(() => database.actFor(OPERATOR, () => tx.query(`SELECT 1 / 0`)));
      await expect(undone).rejects.toMatchObject({ code: '22012' });
      expect(await seen(tx)).toEqual([AB]);
      await database.actFor(OPERATOR, async () => {
        await expect(
          tx.attempt(() => database.actFor(NOBODY, () => tx.query(`SELECT 1 / 0`))),
        ).rejects.toThrow();
        expect(await seen(tx)).toEqual([AB, AC]);
      });
      expect(await seen(tx)).toEqual([AB]);
    });
  });

  it('statements at once for several tenants are not mixed up', async () => {
    await database.transactionFor(NOBODY, async (tx) => {
      const tenants = [provider(B), OPERATOR, NOBODY, provider(C), provider(A)];
      const many = Array.from({ length: 40 }, (_, n) => tenants[n % tenants.length]!);
      const found = await Promise.all(many.map((tenant) => database.actFor(tenant, () => seen(tx))));
      const expected = [[AB], [AB, AC], [], [AC], [AB, AC]];
      expect(found).toEqual(many.map((_, n) => expected[n % tenants.length]));
    });
  });

  it('an agreement that is made is its maker’s at once', async () => {
    const id = newId();
    await database.transactionFor(provider(B), async (tx) => {
      await database.actFor({ kind: 'agreement', agreementId: id, partyIds: [B, C] }, async () => {
        await tx.query(
          `INSERT INTO agreements (id, code, party_a_id, party_b_id, timezone, currency, auto_close, created_at)
           VALUES ($1, 'b-c', $2, $3, 'Etc/UTC', 'USD', false, now())`,
          [id, B, C],
        );
        await tx.query(`INSERT INTO agreement_clocks (agreement_id) VALUES ($1)`, [id]);
      });
      expect(await seen(tx)).toEqual([AB, id].sort());
    });
    expect(await seenFor(provider(C))).toEqual([AC, id].sort());
    await server.query(`DELETE FROM agreement_clocks WHERE agreement_id = $1`, [id]);
    await server.query(`DELETE FROM agreements WHERE id = $1`, [id]);
  });

  it('does not commit what a statement that failed left behind, though nobody threw', async () => {
    const ended = database.transactionFor(provider(A), async (tx) => {
      await tx.query(`SELECT 1 / 0`).catch(() => undefined);
    });
    await expect(ended).rejects.toThrow('nothing is stored');
  });
});

test('what is read later is read for whom it was asked', async () => {
  const pages = async function* (): AsyncGenerator<string[]> {
    yield await seen();
    yield await seen();
  };
  const kept = database.actFor(provider(B), () => keepTenant(pages()));
  const found: string[][] = [];
  for await (const page of kept) found.push(page);
  expect(found).toEqual([[AB], [AB]]);
});
