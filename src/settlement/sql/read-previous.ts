import type { Queryable } from '../../platform/database/index.js';

/** What the next statement of an agreement follows on. */
export interface PreviousStatement {
  /** Of the last number taken, void or not: numbers have no gaps and every one is in the chain of hashes. */
  sequence: number;
  sha256: string;
  /** Of the last statement that is not void, which alone is owed; 0 before there is one. */
  closingBalance: string;
}

export async function readPrevious(db: Queryable, agreementId: string): Promise<PreviousStatement | null> {
  const [row] = await db.query<PreviousStatement>(
    `SELECT last.sequence, last.sha256,
            coalesce((SELECT standing.closing_balance
                        FROM statements standing
                       WHERE standing.agreement_id = $1 AND standing.state <> 'void'
                       ORDER BY standing.sequence DESC LIMIT 1), 0) AS "closingBalance"
       FROM statements last
      WHERE last.agreement_id = $1
      ORDER BY last.sequence DESC
      LIMIT 1`,
    [agreementId],
  );
  return row ?? null;
}
