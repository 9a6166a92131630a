import pg from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { migrations } from '../../../migrations/index.js';

/** Arbitrary but fixed: two processes that start at once must not migrate at once. */
const MIGRATION_LOCK = 7_338_531_001;

/** Brings the database up to date; safe to call from several processes at once. */
export async function migrate(url: string): Promise<void> {
  const lock = new pg.Client({ connectionString: url, application_name: 'peerledger migrate' });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await runMigrations(url, lock);
  } finally {
    await lock.end();
  }
}

async function runMigrations(url: string, owner: pg.Client): Promise<void> {
  const source = migrationSource(url);
  await source.initialize();
  try {
    if (await source.showMigrations()) {
      await withoutForcedPolicies(owner, async () => {
        await source.runMigrations({ transaction: 'each' });
      });
    } else {
      // A start may have died before it did.
      await setForced(owner, 'FORCE');
    }
  } finally {
    await source.destroy();
  }
}

/**
 * Runs `work` so that an owner who is no superuser sees all rows: a migration that changes data would change none
 * otherwise. Policies are forced again afterwards.
 */
export async function withoutForcedPolicies(owner: pg.Client, work: () => Promise<void>): Promise<void> {
  const { rows } = await owner.query<{ isBound: boolean }>(
    `SELECT NOT (rolsuper OR rolbypassrls) AS "isBound" FROM pg_roles WHERE rolname = current_user`,
  );
  if (!rows[0]!.isBound) return work();
  await setForced(owner, 'NO FORCE');
  try {
    await work();
  } finally {
    await setForced(owner, 'FORCE');
  }
}

/** Changes those tables with policies that are otherwise. */
async function setForced(owner: pg.Client, force: 'FORCE' | 'NO FORCE'): Promise<void> {
  const { rows } = await owner.query<{ statement: string }>(
    `SELECT format('ALTER TABLE %s ${force} ROW LEVEL SECURITY', oid::regclass) AS statement
       FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relrowsecurity AND relforcerowsecurity = $1
      ORDER BY relname`,
    [force === 'NO FORCE'],
  );
  for (const { statement } of rows) await owner.query(statement);
}

/** The names of migrations that this build has and the database has not. */
export function pendingMigrations(applied: readonly string[]): string[] {
  const known = migrations.map((migration) => migrationName(migration));
  return known.filter((name) => !applied.includes(name));
}

function migrationSource(url: string): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    applicationName: 'peerledger migrate',
    poolSize: 1,
    entities: [],
    migrations: [...migrations],
    migrationsTableName: 'schema_migrations',
    logging: false,
  });
}

function migrationName(migration: new () => MigrationInterface): string {
  return new migration().name ?? migration.name;
}
