import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrations } from '../../migrations/index.js';
import { SERVICE_ROLE } from '../../src/platform/database/index.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Tables that grow with the traffic and the money of agreements: spread by agreement, were one server too small. */
const BIG_TABLES = [
  'agreed_bytes',
  'agreement_acceptances',
  'agreement_clocks',
  'agreement_suspensions',
  'agreement_versions',
  'batches',
  'closed_periods',
  'concessions',
  'credits',
  'dispute_steps',
  'disputed_lines',
  'disputes',
  'ledger_accounts',
  'ledger_entries',
  'ledger_heads',
  'ledger_seals',
  'ledger_transactions',
  'late_usage',
  'payments',
  'price_news',
  'rendering_parts',
  'shares_without_customer',
  'statement_lines',
  'statement_renderings',
  'statement_signatures',
  'statement_steps',
  'statements',
  'traffic_records',
  'usage_buckets',
  'usage_customers',
  'usage_periods',
];

/** Tables small enough to be copied everywhere, or that concern no agreement. */
const SMALL_TABLES = [
  'agreements',
  'api_keys',
  'audit_denials',
  'audit_events',
  'audit_heads',
  'customer_keys',
  'customer_references',
  'idempotency_keys',
  'integrity_checks',
  'jobs',
  'list_prices',
  'outbox',
  'provider_business_details',
  'provider_signing_keys',
  'providers',
  'rate_limits',
  'schema_migrations',
  'sessions',
  'signing_keys',
];

/** What is recorded stays recorded: the service may add rows, and change these columns at most. */
const KEPT_TABLES: Record<string, string[]> = {
  agreed_bytes: [],
  agreement_acceptances: [],
  agreement_versions: ['in_force_at'],
  agreements: ['last_period'],
  audit_denials: [],
  audit_events: [],
  audit_heads: ['previous_sha256', 'sequence', 'sha256'],
  batches: [],
  concessions: [],
  credits: [],
  dispute_steps: [],
  disputed_lines: [],
  customer_keys: ['destroyed_at', 'sealed'],
  disputes: ['lapses_at', 'state'],
  ledger_accounts: ['balance', 'version'],
  ledger_entries: [],
  ledger_seals: [],
  integrity_checks: [],
  ledger_heads: ['recorded_at', 'sequence', 'sha256'],
  ledger_transactions: [],
  late_usage: [],
  list_prices: [],
  payments: [
    'confirmed_at',
    'confirmed_by',
    'confirmed_recorded',
    'reversal_reason',
    'reversed_at',
    'reversed_by',
    'reversed_recorded',
    'state',
  ],
  price_news: [],
  providers: [],
  shares_without_customer: [],
  statement_lines: [],
  rendering_parts: [],
  statement_renderings: [],
  provider_business_details: [],
  provider_signing_keys: ['revoked_at'],
  statement_signatures: [],
  statement_steps: [],
  statements: ['state'],
  traffic_record_rows: [],
};

describe('the limits on size', () => {
  // ESLint holds each file to them; here is only looked whether it still does.
  it.each([
    'src/service.ts',
    'src/settlement/rules/statement-document.ts',
    'src/traffic/sql/insert-batch.ts',
  ])('hold for %s', async (path) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(ROOT, 'node_modules', 'eslint', 'bin', 'eslint.js'), '--print-config', path],
      { cwd: ROOT, maxBuffer: 16 * 1024 * 1024 },
    );
    const { rules } = JSON.parse(stdout) as { rules: Record<string, unknown> };
    expect(rules['max-lines']).toEqual([2, expect.objectContaining({ max: 400 })]);
    expect(rules['max-lines-per-function']).toEqual([2, expect.objectContaining({ max: 70 })]);
    expect(rules['@typescript-eslint/no-explicit-any']).toEqual([2]);
  });
});

describe('the migrations', () => {
  it('are all listed, oldest first, each under the name of its file', () => {
    const files = readdirSync(join(ROOT, 'migrations'))
      .filter((name) => name !== 'index.ts')
      .sort();
    expect(files.filter((name) => !/^\d{13}(-[a-z0-9]+)+\.ts$/.test(name))).toEqual([]);
    const expected = files.map((name) => {
      const [time, ...words] = name.replace(/\.ts$/, '').split('-');
      return words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('') + time;
    });
    expect(migrations.map((migration) => migration.name)).toEqual(expected);
    expect(migrations.map((migration) => new migration().name)).toEqual(expected);
  });
});

describe('the schema', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database?.drop());

  const names = async (sql: string, params: unknown[] = []): Promise<string[]> =>
    (await database.query<{ name: string }>(sql, params)).map(({ name }) => name);

  /** Our own tables; partitions follow their parent. */
  const TABLES = `
    SELECT relname AS name FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
     ORDER BY relname`;

  it('has no table that is neither among the big ones nor among the small ones', async () => {
    expect(await names(TABLES)).toEqual([...BIG_TABLES, ...SMALL_TABLES].sort());
  });

  it.each(BIG_TABLES)('spreads %s by agreement: agreement_id leads every unique key', async (table) => {
    const keys = await database.query<{ name: string; leads: boolean; isPrimary: boolean }>(
      `SELECT i.indexrelid::regclass::text AS name, i.indisprimary AS "isPrimary",
              coalesce(a.attname = 'agreement_id', false) AS leads
         FROM pg_index i
         LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indrelid = $1::regclass AND i.indisunique`,
      [table],
    );
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.filter(({ leads }) => !leads)).toEqual([]);
    expect(keys.some(({ isPrimary }) => isPrimary)).toBe(true);
  });

  it('leads every reference between big tables by agreement_id', async () => {
    const references = await database.query<{ name: string; from: string; to: string }>(
      `SELECT c.conname AS name, source.attname AS "from", target.attname AS "to"
         FROM pg_constraint c
         JOIN pg_attribute source ON source.attrelid = c.conrelid AND source.attnum = c.conkey[1]
         JOIN pg_attribute target ON target.attrelid = c.confrelid AND target.attnum = c.confkey[1]
        WHERE c.contype = 'f'
          AND c.conrelid = ANY ($1::text[]::regclass[]) AND c.confrelid = ANY ($1::text[]::regclass[])`,
      [BIG_TABLES],
    );
    expect(references.length).toBeGreaterThan(5);
    const isByAgreement = ({ from, to }: { from: string; to: string }): boolean =>
      from === 'agreement_id' && to === 'agreement_id';
    expect(references.filter((reference) => !isByAgreement(reference))).toEqual([]);
  });

  it('has no trigger whose work nobody sees in the code, only one that refuses', async () => {
    const triggers = `
      SELECT t.tgname AS name FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
       WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace`;
    expect(await names(triggers)).toEqual(['ledger_entries_checked']);
    const [check] = await names(`SELECT prosrc AS name FROM pg_proc WHERE proname = 'ledger_check_entries'`);
    expect(check).toMatch(/RAISE EXCEPTION/);
    expect(check).not.toMatch(/\b(INSERT|UPDATE|DELETE|EXECUTE|NEW|OLD)\b/i);
    expect(await names(`SELECT evtname AS name FROM pg_event_trigger`)).toEqual([]);
    await database.query(`CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'`);
    await database.query(`CREATE TRIGGER hidden BEFORE INSERT ON providers EXECUTE FUNCTION nothing()`);
    expect(await names(triggers)).toContain('hidden');
  });

  it('gives the service a role that owns nothing and is exempt from nothing', async () => {
    const [role] = await database.query(
      `SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication, rolcanlogin
         FROM pg_roles WHERE rolname = $1`,
      [SERVICE_ROLE],
    );
    expect(role).toEqual({
      rolsuper: false,
      rolbypassrls: false,
      rolcreatedb: false,
      rolcreaterole: false,
      rolreplication: false,
      rolcanlogin: false,
    });
    // Every kind of thing that has an owner; one row for each that is the role's.
    const owned = await database.query(
      `SELECT classid::regclass, objid FROM pg_shdepend
        WHERE deptype = 'o' AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
          AND refobjid = (SELECT oid FROM pg_roles WHERE rolname = $1)`,
      [SERVICE_ROLE],
    );
    expect(owned).toEqual([]);
    const [schema] = await database.query(`SELECT has_schema_privilege($1, 'public', 'CREATE') AS creates`, [
      SERVICE_ROLE,
    ]);
    expect(schema).toEqual({ creates: false });
  });

  it.each(Object.entries(KEPT_TABLES))(
    'lets the service add to %s and change only %j',
    async (table, columns) => {
      const [granted] = await database.query(
        `SELECT has_table_privilege($1, $2, 'UPDATE') AS updates, has_table_privilege($1, $2, 'DELETE') AS deletes,
              has_table_privilege($1, $2, 'TRUNCATE') AS truncates, has_table_privilege($1, $2, 'TRIGGER') AS triggers,
              has_any_column_privilege($1, $2, 'INSERT') AS inserts`,
        [SERVICE_ROLE, table],
      );
      expect(granted).toEqual({
        updates: false,
        deletes: false,
        truncates: false,
        triggers: false,
        inserts: true,
      });
      const changeable = await names(
        `SELECT attname AS name FROM pg_attribute
        WHERE attrelid = $2::regclass AND attnum > 0 AND NOT attisdropped
          AND has_column_privilege($1, attrelid, attnum, 'UPDATE')
        ORDER BY attname`,
        [SERVICE_ROLE, table],
      );
      expect(changeable).toEqual(columns);
    },
  );
});
