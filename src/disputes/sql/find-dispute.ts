import type { Queryable } from '../../platform/database/index.js';
import { DISPUTE_COLUMNS, DISPUTE_TABLES, type DisputeRow } from './dispute-row.js';

/** The dispute with this id that `partyId` is a party of; with null, whoever the parties are. */
export async function findDispute(
  db: Queryable,
  id: string,
  partyId: string | null,
): Promise<DisputeRow | undefined> {
  const [row] = await db.query<DisputeRow>(
    `SELECT ${DISPUTE_COLUMNS}
       FROM ${DISPUTE_TABLES}
      WHERE d.id = $1 AND ($2::uuid IS NULL OR $2 IN (a.party_a_id, a.party_b_id))`,
    [id, partyId],
  );
  return row;
}
