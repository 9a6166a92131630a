import type { Queryable } from '../../platform/database/index.js';

/** Deletes sessions that are over, or were idle for longer than `idle_s`; gives how many. */
export async function deleteEndedSessions(database: Queryable, idle_s: number): Promise<number> {
  const rows = await database.query<{ deleted: number }>(
    `WITH deleted AS (
       DELETE FROM sessions
        WHERE expires_at <= now() OR last_used_at <= now() - make_interval(secs => $1)
       RETURNING 1
     )
     SELECT count(*)::int AS deleted FROM deleted`,
    [idle_s],
  );
  return rows[0]?.deleted ?? 0;
}
