import type { Queryable } from '../../platform/database/index.js';
import { STATEMENT_COLUMNS, type StatementRow } from './statement-row.js';

/** The statement that stands for a period. */
export async function findStatementOfPeriod(
  db: Queryable,
  agreementId: string,
  period: string,
): Promise<StatementRow | undefined> {
  const [row] = await db.query<StatementRow>(
    `SELECT ${STATEMENT_COLUMNS}
       FROM statements s
      WHERE s.agreement_id = $1 AND s.period = $2 AND s.state <> 'void'`,
    [agreementId, period],
  );
  return row;
}
