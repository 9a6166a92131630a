import type { Queryable } from '../../platform/database/index.js';

export interface LapsedDispute {
  agreementId: string;
  id: string;
}

/** Disputes whose time is over, in the order of their ids, after one. */
export async function listLapsed(
  db: Queryable,
  now: Date,
  afterId: string | null,
  limit: number,
): Promise<LapsedDispute[]> {
  return db.query<LapsedDispute>(
    `SELECT agreement_id AS "agreementId", id
       FROM disputes
      WHERE lapses_at <= $1 AND ($2::uuid IS NULL OR id > $2)
      ORDER BY id
      LIMIT $3`,
    [now, afterId, limit],
  );
}
