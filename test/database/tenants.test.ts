import pg from 'pg';
import {
  copyText,
  Database,
  NOBODY,
  OPERATOR,
  SERVICE_ROLE,
  type Tenant,
} from '../../src/platform/database/index.js';
import { newId } from '../../src/platform/ids/index.js';
import { nameBatch } from '../../src/traffic/sql/name-batch.js';
import { expectStatus, PERIOD, startMarket, type Market } from '../support/market.js';
import { BOOKS, COPIES, CUSTOMERS, OF_PROVIDERS, OWN, SHARED } from '../support/tenancy.js';
import { BATCH_ID } from '../support/intake.js';
import { peopled, type Peopled } from './peopled.js';

let market: Market;
let world: Peopled;
let pool: Database;

beforeAll(async () => {
  market = await startMarket({ worker: true, environment: { CUSTOMER_KEY_SECRET: 'ab'.repeat(32) } });
  ({ pool } = market);
  world = await peopled(market);
}, 60_000);

afterAll(() => market?.close());

const OWNED: Record<string, string> = {
  ...OWN,
  ...Object.fromEntries(BOOKS.map((table) => [table, 'book_id'])),
};
const PARTY_TABLES = [
  ...SHARED,
  ...Object.keys(OWNED),
  ...COPIES,
  ...Object.keys(OF_PROVIDERS),
  'agreements',
];
/** What everybody may read. */
const DIRECTORIES = Object.keys(OF_PROVIDERS).filter((table) => OF_PROVIDERS[table] === 'true');

/** How many rows of each table statements for a tenant see. */
async function seenBy(tenant: Tenant): Promise<Record<string, number>> {
  return pool.actFor(tenant, async () => {
    const seen: Record<string, number> = {};
    for (const table of PARTY_TABLES) seen[table] = await count((sql) => pool.query(sql), table);
    return seen;
  });
}

/** How many rows there are by what their owner, who sees them all, says of them. */
async function owned(
  where: (table: string) => string,
  params: unknown[] = [],
): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const table of PARTY_TABLES)
    found[table] = await count((sql) => market.database.query(sql, params), table, where(table));
  return found;
}

async function count(
  query: (sql: string) => Promise<{ count: string }[]>,
  table: string,
  where = 'true',
): Promise<number> {
  return Number((await query(`SELECT count(*) AS count FROM ${table} WHERE ${where}`))[0]!.count);
}

/** Rows of a provider: its own, and what is shared in its agreements. */
function ofProvider(id: string): (table: string) => string {
  const agreements = `(SELECT id FROM agreements WHERE '${id}' IN (party_a_id, party_b_id))`;
  return (table) => {
    if (table === 'agreements') return `'${id}' IN (party_a_id, party_b_id)`;
    if (SHARED.includes(table)) return `agreement_id IN ${agreements}`;
    if (OWNED[table]) return `${OWNED[table]} = '${id}'`;
    if (COPIES.includes(table))
      return `agreement_id IN ${agreements} AND coalesce(provider_id, '${id}') = '${id}'`;
    return OF_PROVIDERS[table]!.replace('$1', `'${id}'`);
  };
}

const provider = (providerId: string): Tenant => ({ kind: 'provider', providerId });

describe('what statements see', () => {
  it('has a row in every table, or the rest would show nothing', async () => {
    const all = await owned(() => 'true');
    expect(PARTY_TABLES.filter((table) => all[table] === 0)).toEqual([]);
  });

  it('is nothing of any party for nobody, and for a role that sets nothing', async () => {
    const directories = await owned((table) => String(DIRECTORIES.includes(table)));
    expect(await seenBy(NOBODY)).toEqual(directories);
    const bare = new pg.Client({
      connectionString: market.database.url,
      options: `-c role=${SERVICE_ROLE}`,
    });
    await bare.connect();
    for (const table of PARTY_TABLES) {
      const { rows } = await bare.query<{ count: string }>(`SELECT count(*) FROM ${table}`);
      expect([table, Number(rows[0]!.count)]).toEqual([table, directories[table]]);
    }
    await bare.end();
  });

  it('is nothing of others for a provider without agreements', async () => {
    const stranger = await seenBy(provider(world.stranger.id));
    expect(stranger).toEqual(await owned(ofProvider(world.stranger.id)));
    expect(
      [...SHARED, ...Object.keys(OWNED), ...COPIES, 'agreements'].filter((table) => stranger[table]),
    ).toEqual([]);
  });

  it('is a provider’s own and what it shares, to the row', async () => {
    for (const { id } of [world.a, world.b, world.c])
      expect(await seenBy(provider(id))).toEqual(await owned(ofProvider(id)));
  });

  it('is not what the counterparty keeps for itself', async () => {
    for (const [table, column] of Object.entries(OWNED)) {
      const rows = await pool.actFor(provider(world.b.id), () =>
        pool.query(`SELECT FROM ${table} WHERE ${column} = $1`, [world.a.id]),
      );
      expect({ table, rows: rows.length }).toEqual({ table, rows: 0 });
      expect(
        await count((sql) => market.database.query(sql), table, `${column} = '${world.a.id}'`),
      ).toBeGreaterThan(0);
    }
  });

  it('is one agreement for a party in it, and both sides of it for work that concerns both', async () => {
    const { agreementId, a, b } = world;
    const inIt = (table: string): string =>
      table === 'agreements' ? `id = '${agreementId}'` : `agreement_id = '${agreementId}'`;
    const inAgreements = [...SHARED, ...Object.keys(OWNED), ...COPIES, 'agreements'];
    const own = ofProvider(a.id);
    const party = await seenBy({ kind: 'party', providerId: a.id, agreementId });
    const both = await seenBy({ kind: 'agreement', agreementId, partyIds: [a.id, b.id] });
    for (const table of inAgreements) {
      const of = async (where: string) => count((sql) => market.database.query(sql), table, where);
      // Its own, and which agreements it has, it sees everywhere.
      const isOwn = OWNED[table] !== undefined || table === 'agreements';
      const seen = isOwn ? own(table) : `${inIt(table)} AND ${own(table)}`;
      expect([table, party[table]]).toEqual([table, await of(seen)]);
      expect([table, both[table]]).toEqual([table, await of(inIt(table))]);
    }
  });

  it('is for the operator all that is shared and every book, but no customers, records or credits', async () => {
    const expected = await owned((table) => {
      if (OWN[table] || CUSTOMERS.includes(table)) return 'false';
      return COPIES.includes(table) ? 'provider_id IS NULL' : 'true';
    });
    expect(await seenBy(OPERATOR)).toEqual(expected);
  });

  it('is for whoever presents a key that key alone', async () => {
    const [{ key_sha256 }] = (await market.database.query<{ key_sha256: Buffer }>(
      `SELECT key_sha256 FROM api_keys WHERE provider_id = $1`,
      [world.a.id],
    )) as [{ key_sha256: Buffer }];
    const directories = await owned((table) => String(DIRECTORIES.includes(table)));
    expect(await seenBy({ kind: 'bearer', secret_sha256: key_sha256 })).toEqual({
      ...directories,
      api_keys: 1,
    });
    expect(await seenBy({ kind: 'bearer', secret_sha256: Buffer.alloc(32) })).toEqual(directories);
  });
});

/** Columns that can be written to. */
async function columnsOf(table: string): Promise<string[]> {
  const rows = await market.database.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute
      WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`,
    [table],
  );
  return rows.map(({ name }) => name);
}

const granted = async (table: string, privilege: string): Promise<boolean> =>
  (
    await market.database.query<{ granted: boolean }>(
      `SELECT has_table_privilege('peerledger_service', $1, $2) AS granted`,
      [table, privilege],
    )
  )[0]!.granted;

describe('what statements change', () => {
  const strangers = (): [string, Tenant][] => [
    ['nobody', NOBODY],
    ['a stranger', provider(world.stranger.id)],
  ];

  /** Tries to add the same row again: the policies are asked before the keys are. */
  async function addedAgain(table: string, where: string, tenant: Tenant): Promise<string> {
    const columns = (await columnsOf(table)).join(', ');
    const [found] = await market.database.query<{ row: object }>(
      `SELECT to_jsonb(t) AS row FROM ${table} t WHERE ${where} LIMIT 1`,
    );
    const refused = pool.actFor(tenant, () =>
      pool.query(
        `INSERT INTO ${table} (${columns}) SELECT ${columns} FROM jsonb_populate_record(NULL::${table}, $1)`,
        [JSON.stringify(found!.row)],
      ),
    );
    return refused.then(
      () => 'added',
      (error: Error) => error.message,
    );
  }

  it('is no row of others: none is added for nobody, nor for a stranger', async () => {
    let tried = 0;
    for (const table of PARTY_TABLES) {
      if (!(await granted(table, 'INSERT'))) continue;
      tried += 1;
      for (const [name, tenant] of strangers()) {
        const message = await addedAgain(table, 'true', tenant);
        expect({ table, name, message }).toEqual({
          table,
          name,
          message: `new row violates row-level security policy for table "${table}"`,
        });
      }
    }
    expect(tried).toBe(PARTY_TABLES.length - 1);
  });

  it('is no row of the counterparty’s own', async () => {
    for (const [table, column] of Object.entries(OWNED)) {
      // Copied in past the policies, which is what the next test is about.
      if (table === 'traffic_records') continue;
      const message = await addedAgain(table, `${column} = '${world.a.id}'`, provider(world.b.id));
      expect(message).toBe(`new row violates row-level security policy for table "${table}"`);
    }
  });

  describe('copied in past the policies', () => {
    const COLUMNS = 'record_key, arrival, revision, bytes, starts_at, ends_at, void, direction, record_id';
    const ROW = '\t0\t0\t1\t2026-10-05T06:00:00Z\t2026-10-05T07:00:00Z\tf\tegress\tforged\n';

    async function copyAs(tenant: Tenant, columns: string, before = ''): Promise<string> {
      const key = newId();
      await pool.actFor(tenant, () =>
        pool.transaction(async (tx) => {
          await nameBatch(tx, BATCH_ID);
          const rows = Buffer.from(before + key + ROW);
          await copyText(tx, `COPY traffic_record_rows (${columns}) FROM STDIN`, rows);
        }),
      );
      return key;
    }

    it('is no record that names whose it is', async () => {
      const { agreementId, a, b } = world;
      const party: Tenant = { kind: 'party', providerId: a.id, agreementId };
      for (const [column, id] of [
        ['reporter_id', b.id],
        ['reporter_id', a.id],
        ['agreement_id', agreementId],
        ['batch_id', BATCH_ID],
      ] as const) {
        const copied = copyAs(party, `${column}, ${COLUMNS}`, `${id}\t`);
        await expect(copied).rejects.toMatchObject({ code: '42501' });
      }
    });

    it('is a record of the tenant’s in its agreement, and on one connection of each tenant in turn', async () => {
      const { agreementId } = world;
      for (const { id } of [world.a, world.b, world.a]) {
        const key = await copyAs({ kind: 'party', providerId: id, agreementId }, COLUMNS);
        const rows = await market.database.query(
          `SELECT agreement_id, reporter_id, batch_id FROM traffic_records WHERE record_key = $1`,
          [key],
        );
        expect(rows).toEqual([{ agreement_id: agreementId, reporter_id: id, batch_id: BATCH_ID }]);
      }
    });

    it('is nothing for whoever is no party of the agreement, or names none', async () => {
      const { agreementId, a, b, c, stranger } = world;
      for (const tenant of [
        { kind: 'party', providerId: c.id, agreementId },
        { kind: 'party', providerId: stranger.id, agreementId },
        provider(a.id),
        { kind: 'agreement', agreementId, partyIds: [a.id, b.id] },
        OPERATOR,
        NOBODY,
      ] as Tenant[])
        await expect(copyAs(tenant, COLUMNS)).rejects.toMatchObject({ code: '23502' });
    });
  });

  it('is no row of an agreement’s third party', async () => {
    const { agreementId, a, b, c } = world;
    const both: Tenant = { kind: 'agreement', agreementId, partyIds: [a.id, b.id] };
    const rows = pool.actFor(both, () =>
      pool.query(`INSERT INTO ledger_heads (agreement_id, book_id) VALUES ($1, $2)`, [agreementId, c.id]),
    );
    await expect(rows).rejects.toMatchObject({ code: '42501' });
  });

  it('is nothing that others have: what is not seen is neither changed nor deleted', async () => {
    let tried = 0;
    for (const table of PARTY_TABLES) {
      const changeable = await market.database.query<{ name: string }>(
        `SELECT attname AS name FROM pg_attribute
          WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
            AND has_column_privilege('peerledger_service', attrelid, attnum, 'UPDATE')`,
        [table],
      );
      for (const [, tenant] of strangers()) {
        for (const { name } of changeable.slice(0, 1)) {
          tried += 1;
          const changed = await pool.actFor(tenant, () =>
            pool.query(`UPDATE ${table} SET ${name} = ${name} WHERE NOT ${notOf(table)} RETURNING 1`),
          );
          expect({ table, changed }).toEqual({ table, changed: [] });
        }
        if (!(await granted(table, 'DELETE'))) continue;
        tried += 1;
        const deleted = await pool.actFor(tenant, () =>
          pool.query(`DELETE FROM ${table} WHERE NOT ${notOf(table)} RETURNING 1`),
        );
        expect({ table, deleted }).toEqual({ table, deleted: [] });
      }
    }
    expect(tried).toBeGreaterThan(20);
  });

  /** The stranger's own rows, which it may change. */
  function notOf(table: string): string {
    const own = OF_PROVIDERS[table]?.replace('$1', `'${world.stranger.id}'`) ?? 'false';
    return `coalesce((${own}), false)`;
  }

  it('is never given away', async () => {
    const { a, b } = world;
    const given = pool.actFor(provider(a.id), () =>
      pool.query(`UPDATE usage_customers SET reporter_id = $1 WHERE reporter_id = $2`, [b.id, a.id]),
    );
    await expect(given).rejects.toMatchObject({ code: '42501' });
  });
});

describe('the API', () => {
  it('answers a party and the operator in spite of all this, and nobody else', async () => {
    const path = `/v1/agreements/${world.code}/periods/${PERIOD}/reconciliation`;
    for (const key of [world.a.key, world.b.key, market.operatorKey])
      expectStatus(await market.request('GET', path, { key }), 200);
    expectStatus(await market.request('GET', path, { key: world.c.key }), 404);
    expectStatus(await market.request('GET', path, { key: world.stranger.key }), 404);
  });
});
