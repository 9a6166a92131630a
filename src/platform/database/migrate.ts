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
    const source = migrationSource(url);
    await source.initialize();
    try {
      await source.runMigrations({ transaction: 'each' });
    } finally {
      await source.destroy();
    }
  } finally {
    await lock.end();
  }
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
