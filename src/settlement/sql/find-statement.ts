import type { Queryable } from '../../platform/database/index.js';
import { STATEMENT_COLUMNS, type StatementRow } from './statement-row.js';

/** The statement with this id that `partyId` is a party of; with null, whoever the parties are. */
export async function findStatement(
  db: Queryable,
  id: string,
  partyId: string | null,
): Promise<StatementRow | undefined> {
  const [row] = await db.query<StatementRow>(
    `SELECT ${STATEMENT_COLUMNS}
       FROM statements s JOIN agreements a ON a.id = s.agreement_id
      WHERE s.id = $1 AND ($2::uuid IS NULL OR $2 IN (a.party_a_id, a.party_b_id))`,
    [id, partyId],
  );
  return row;
}
