import type { Queryable } from '../../platform/database/index.js';

/** Id and number of the agreement's latest statement that is not void. */
export async function findLatestStanding(
  db: Queryable,
  agreementId: string,
): Promise<{ id: string; number: string } | undefined> {
  const [row] = await db.query<{ id: string; number: string }>(
    `SELECT id, document::json ->> 'number' AS number
       FROM statements
      WHERE agreement_id = $1 AND state <> 'void'
      ORDER BY sequence DESC
      LIMIT 1`,
    [agreementId],
  );
  return row;
}
