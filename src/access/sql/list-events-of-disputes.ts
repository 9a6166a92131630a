import type { Queryable } from '../../platform/database/index.js';

/** An event as it is stored, and the dispute that it is about. */
export interface DisputeEventRow {
  disputeId: string;
  canonical: string;
}

/** What was logged of disputes of an agreement, given by its code, in the order of time. */
export async function listEventsOfDisputes(
  db: Queryable,
  agreement: string,
  disputeIds: readonly string[],
): Promise<DisputeEventRow[]> {
  return db.query<DisputeEventRow>(
    `SELECT resource_id AS "disputeId", canonical
       FROM audit_events
      WHERE resource_kind = 'dispute' AND agreement = $1 AND resource_id = ANY ($2::text[])
      ORDER BY recorded_at, id`,
    [agreement, disputeIds],
  );
}
