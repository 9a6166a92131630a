import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../../src/platform/database/index.js';
import { withoutForcedPolicies } from '../../src/platform/database/migrate.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const OWNER = `owner_${randomBytes(4).toString('hex')}`;

let database: TestDatabase;
let url: string;

/** A database whose owner is no superuser, as on many servers. */
beforeAll(async () => {
  database = await createTestDatabase();
  await database.query(`CREATE ROLE ${OWNER} LOGIN PASSWORD 'owner' NOSUPERUSER`);
  await database.query(`GRANT peerledger_service TO ${OWNER}`);
  const [{ name, me }] = (await database.query<{ name: string; me: string }>(
    `SELECT current_database() AS name, current_user AS me`,
  )) as [{ name: string; me: string }];
  await database.query(`ALTER DATABASE ${name} OWNER TO ${OWNER}`);
  await database.query(`ALTER SCHEMA public OWNER TO ${OWNER}`);
  const tables = await database.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relowner = $1::regrole`,
    [me],
  );
  for (const table of tables) await database.query(`ALTER TABLE ${table.name} OWNER TO ${OWNER}`);
  await database.query(
    `WITH made AS (
       INSERT INTO providers (id, code, name, asns, billing_currency, created_at)
       VALUES (gen_random_uuid(), 'cloud', 'Cloud', '{64500}', 'USD', now()) RETURNING id
     )
     INSERT INTO list_prices (provider_id, id, side, valid_from, unit, unit_price, created_at)
     SELECT id, id, 'egress', '2026-01-01T00:00:00Z', 'GB', 1, now() FROM made`,
  );
  const parsed = new URL(database.url);
  parsed.username = OWNER;
  parsed.password = 'owner';
  url = parsed.href;
});

afterAll(async () => {
  await database.query(`REASSIGN OWNED BY ${OWNER} TO CURRENT_USER`);
  await database.query(`DROP OWNED BY ${OWNER}`);
  await database.query(`DROP ROLE ${OWNER}`);
  await database.drop();
});

async function asOwner<T>(work: (owner: pg.Client) => Promise<T>): Promise<T> {
  const owner = new pg.Client({ connectionString: url });
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}

const seen = async (owner: pg.Client): Promise<number> =>
  (await owner.query('SELECT FROM list_prices')).rowCount!;
const unforced = (): Promise<unknown[]> =>
  database.query(`SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity`);

describe('an owner that is no superuser', () => {
  it('is held to the policies, but for what a migration does', async () => {
    await asOwner(async (owner) => {
      expect(await seen(owner)).toBe(0);
      let during = 0;
      await withoutForcedPolicies(owner, async () => {
        during = await asOwner(seen);
      });
      expect(during).toBe(1);
      expect(await seen(owner)).toBe(0);
    });
    expect(await unforced()).toEqual([]);
  });

  it('is held to them again when a migration fails, and by the next start when that could not be', async () => {
    const failed = asOwner((owner) => withoutForcedPolicies(owner, () => Promise.reject(new Error('no'))));
    await expect(failed).rejects.toThrow('no');
    expect(await unforced()).toEqual([]);
    await database.query('ALTER TABLE list_prices NO FORCE ROW LEVEL SECURITY');
    await migrate(url);
    expect(await unforced()).toEqual([]);
  });
});
