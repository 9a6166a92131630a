import type { Queryable } from '../../platform/database/index.js';

/** Ids of all disputes of an agreement, given by its code, of which something was logged. */
export async function listLoggedDisputes(db: Queryable, agreement: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `SELECT DISTINCT resource_id AS id FROM audit_events WHERE resource_kind = 'dispute' AND agreement = $1`,
    [agreement],
  );
  return rows.map(({ id }) => id);
}
