import type { Queryable } from '../../platform/database/index.js';

/** Records that a session is in use, at most once in `interval_s`, whichever process saw it. */
export async function touchSession(database: Queryable, id: string, interval_s: number): Promise<void> {
  await database.query(
    `UPDATE sessions SET last_used_at = now()
      WHERE id = $1 AND last_used_at < now() - make_interval(secs => $2)`,
    [id, interval_s],
  );
}
