import type { Queryable } from '../../platform/database/index.js';
import { STATEMENT_COLUMNS, type StatementRow } from './statement-row.js';

/** The agreement's statement with the highest number. */
export async function findLastStatement(
  db: Queryable,
  agreementId: string,
): Promise<StatementRow | undefined> {
  const [row] = await db.query<StatementRow>(
    `SELECT ${STATEMENT_COLUMNS} FROM statements s WHERE s.agreement_id = $1 ORDER BY s.sequence DESC LIMIT 1`,
    [agreementId],
  );
  return row;
}
