import type { Queryable } from '../../database/index.js';

/** The names of the migrations that this database has. */
export async function findAppliedMigrations(database: Queryable): Promise<string[]> {
  const rows = await database.query<{ name: string }>(`SELECT name FROM schema_migrations ORDER BY id`);
  return rows.map(({ name }) => name);
}
