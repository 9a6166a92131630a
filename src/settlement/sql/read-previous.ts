import type { Queryable } from '../../platform/database/index.js';
import type { Past } from './list-standing.js';

/** What the next statement of an agreement follows on. */
export interface PreviousStatement {
  /** Of the last number taken, void or not: numbers have no gaps and every one is in the chain of hashes. */
  sequence: number;
  sha256: string;
  /** Of the last statement that is not void, which alone is owed; 0 before there is one. */
  closingBalance: string;
}

/** The statement before the next one; with a past, before the one with its number, as things stood then. */
export async function readPrevious(
  db: Queryable,
  agreementId: string,
  past: Past | null = null,
): Promise<PreviousStatement | null> {
  const [row] = await db.query<PreviousStatement>(
    `SELECT last.sequence, last.sha256,
            coalesce((SELECT standing.closing_balance
                        FROM statements standing
                       WHERE standing.agreement_id = $1 AND standing.sequence <= last.sequence
                         AND NOT EXISTS (
                               SELECT FROM statement_steps step
                                WHERE step.agreement_id = standing.agreement_id AND step.statement_id = standing.id
                                  AND step.kind = 'void' AND ($3::bigint IS NULL OR step.recorded <= $3))
                       ORDER BY standing.sequence DESC LIMIT 1), 0) AS "closingBalance"
       FROM statements last
      WHERE last.agreement_id = $1 AND ($2::integer IS NULL OR last.sequence < $2)
      ORDER BY last.sequence DESC
      LIMIT 1`,
    [agreementId, past?.beforeSequence ?? null, past?.recordedUpTo ?? null],
  );
  return row ?? null;
}
