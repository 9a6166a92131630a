import type { Queryable } from '../../platform/database/index.js';

export interface LastCheck {
  startedAt: Date;
  finishedAt: Date;
  entries: string;
  ok: boolean;
}

/** The latest check of everything, if there has been one. */
export async function findLastCheck(db: Queryable): Promise<LastCheck | undefined> {
  const [row] = await db.query<LastCheck>(
    `SELECT started_at AS "startedAt", finished_at AS "finishedAt", entries, problem IS NULL AS ok
       FROM integrity_checks ORDER BY started_at DESC, id DESC LIMIT 1`,
  );
  return row;
}
