import type { Queryable } from '../../platform/database/index.js';

/** Ids of agreements whose periods the scheduler closes, after one, in order. */
export async function listAutoClosing(
  db: Queryable,
  afterId: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `SELECT id FROM agreements WHERE auto_close AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2`,
    [afterId, limit],
  );
  return rows.map(({ id }) => id);
}
