import type { Queryable } from '../../platform/database/index.js';

/** Ids of all disputes of an agreement of which a step is on record. */
export async function listDisputesWithSteps(db: Queryable, agreementId: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `SELECT DISTINCT dispute_id AS id FROM dispute_steps WHERE agreement_id = $1`,
    [agreementId],
  );
  return rows.map(({ id }) => id);
}
