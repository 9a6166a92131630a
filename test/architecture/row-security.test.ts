import { SERVICE_ROLE } from '../../src/platform/database/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { BOOKS, CLOSED, COPIES, OF_PROVIDERS, OPEN, OWN, SHARED } from '../support/tenancy.js';

const GUARDED = [
  ...SHARED,
  ...Object.keys(OWN),
  ...BOOKS,
  ...COPIES,
  ...Object.keys(OF_PROVIDERS),
  'agreements',
];

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database?.drop());

const names = async (sql: string, params: unknown[] = []): Promise<string[]> =>
  (await database.query<{ name: string }>(sql, params)).map(({ name }) => name);

/** Whatever rows can be read from or written to. */
const unclassified = async (): Promise<string[]> =>
  (
    await names(
      `SELECT relname AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY relname`,
    )
  ).filter((name) => ![...GUARDED, ...Object.keys(OPEN), ...Object.keys(CLOSED)].includes(name));

/** Guarded tables that lack a policy for the service's role, or whose owner is not held to policies. */
const unguarded = (): Promise<string[]> =>
  names(
    `SELECT relname AS name FROM pg_class c
      WHERE oid = ANY ($1::text[]::regclass[])
        AND (NOT relrowsecurity OR NOT relforcerowsecurity
             OR NOT EXISTS (SELECT FROM pg_policy p
                             WHERE p.polrelid = c.oid AND $2::regrole = ANY (p.polroles)))
      ORDER BY relname`,
    [GUARDED, SERVICE_ROLE],
  );

/** Closed tables of which the service may read something. */
const readable = (): Promise<string[]> =>
  names(
    `SELECT relname AS name FROM pg_class
      WHERE oid = ANY ($1::text[]::regclass[]) AND has_any_column_privilege($2, oid, 'SELECT, UPDATE')
      ORDER BY relname`,
    [Object.keys(CLOSED), SERVICE_ROLE],
  );

/** What says whose a record is and may be written where no policy looks. */
const forgeable = (): Promise<string[]> =>
  names(
    `SELECT attname AS name FROM pg_attribute
      WHERE attrelid = ANY ($1::text[]::regclass[]) AND attnum > 0
        AND attname IN ('agreement_id', 'reporter_id', 'batch_id')
        AND has_column_privilege($2, attrelid, attnum, 'INSERT, UPDATE')`,
    [Object.keys(CLOSED), SERVICE_ROLE],
  );

/** Policies that read a table, or call anything that is not PostgreSQL's own and might. */
const searching = (): Promise<string[]> =>
  names(
    `SELECT p.polrelid::regclass || '.' || p.polname AS name FROM pg_policy p
      WHERE coalesce(p.polqual::text, '') || coalesce(p.polwithcheck::text, '') LIKE '%SUBLINK%'
         OR EXISTS (SELECT FROM pg_depend d
                     WHERE d.classid = 'pg_policy'::regclass AND d.objid = p.oid
                       AND d.refclassid = 'pg_proc'::regclass)
      ORDER BY 1`,
  );

/** What runs with its owner's rights, whoever calls it. */
const backDoors = (): Promise<string[]> =>
  names(
    `SELECT proname AS name FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace
     UNION ALL
     SELECT relname FROM pg_class
      WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace
        AND NOT coalesce(reloptions::text[] && '{security_invoker=true,security_invoker=on}', false)
     UNION ALL
     SELECT relname FROM pg_class WHERE relkind = 'm' AND relnamespace = 'public'::regnamespace
      ORDER BY 1`,
  );

const bound = async (): Promise<Record<string, unknown>> =>
  (
    await database.query(
      `SELECT rolsuper OR rolbypassrls AS exempt,
              (SELECT count(*)::integer FROM pg_class WHERE relowner = r.oid) AS owned,
              (SELECT count(*)::integer FROM pg_auth_members WHERE member = r.oid) AS memberships
         FROM pg_roles r WHERE rolname = $1`,
      [SERVICE_ROLE],
    )
  )[0]!;

/** A change that undermines the wall, the check that has to notice, and how the change is undone. */
const BREACHES: [string, string, () => Promise<string[]>, string][] = [
  ['a new table', `CREATE TABLE forgotten (agreement_id uuid)`, unclassified, `DROP TABLE forgotten`],
  ['a new view', `CREATE VIEW forgotten AS SELECT * FROM statements`, unclassified, `DROP VIEW forgotten`],
  [
    'a view that reads with its owner’s rights',
    `CREATE VIEW forgotten WITH (security_barrier) AS SELECT * FROM statements`,
    backDoors,
    `DROP VIEW forgotten`,
  ],
  [
    'a function that runs with its owner’s rights',
    `CREATE FUNCTION forgotten() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM statements'`,
    backDoors,
    `DROP FUNCTION forgotten()`,
  ],
  [
    'a table whose owner is exempt',
    `ALTER TABLE statements NO FORCE ROW LEVEL SECURITY`,
    unguarded,
    `ALTER TABLE statements FORCE ROW LEVEL SECURITY`,
  ],
  [
    'a table whose policies are off',
    `ALTER TABLE statements DISABLE ROW LEVEL SECURITY`,
    unguarded,
    `ALTER TABLE statements ENABLE ROW LEVEL SECURITY`,
  ],
  [
    'a closed table that opens by a column',
    `GRANT SELECT (bytes) ON traffic_record_rows TO ${SERVICE_ROLE}`,
    readable,
    `REVOKE SELECT (bytes) ON traffic_record_rows FROM ${SERVICE_ROLE}`,
  ],
  [
    'a reporter that may be written past the policies',
    `GRANT INSERT (reporter_id) ON traffic_record_rows TO ${SERVICE_ROLE}`,
    forgeable,
    `REVOKE INSERT (reporter_id) ON traffic_record_rows FROM ${SERVICE_ROLE}`,
  ],
  [
    'a policy with a sub-query',
    `CREATE POLICY forgotten ON statements USING (agreement_id IN (SELECT id FROM agreements))`,
    searching,
    `DROP POLICY forgotten ON statements`,
  ],
];

describe('row level security', () => {
  it('knows every table and view', async () => {
    expect(await unclassified()).toEqual([]);
  });

  it('holds every table with rows of parties, or the service may not read it', async () => {
    expect(await unguarded()).toEqual([]);
    expect(await readable()).toEqual([]);
    expect(await forgeable()).toEqual([]);
  });

  it('compares a row with settings, and looks nothing up', async () => {
    expect(await searching()).toEqual([]);
  });

  it('cannot be got round by a view or a function', async () => {
    expect(await backDoors()).toEqual([]);
  });

  it('binds the service’s role, which owns nothing and is a member of nothing', async () => {
    expect(await bound()).toEqual({ exempt: false, owned: 0, memberships: 0 });
  });

  it('has a policy for nobody but the service’s role', async () => {
    const others = await names(
      `SELECT polname AS name FROM pg_policy WHERE polroles <> ARRAY[$1::regrole::oid] ORDER BY 1`,
      [SERVICE_ROLE],
    );
    expect(others).toEqual([]);
  });

  it.each(BREACHES)(
    'would be missed by this test in no such case: %s',
    async (_name, change, check, undo) => {
      await database.query(change);
      try {
        expect(await check()).toHaveLength(1);
      } finally {
        await database.query(undo);
      }
      expect(await check()).toEqual([]);
    },
  );
});
