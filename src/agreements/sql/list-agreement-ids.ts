import type { Queryable } from '../../platform/database/index.js';

/** Ids of all agreements, oldest first. */
export async function listAgreementIds(db: Queryable): Promise<string[]> {
  const rows = await db.query<{ id: string }>(`SELECT id FROM agreements ORDER BY id`);
  return rows.map(({ id }) => id);
}
