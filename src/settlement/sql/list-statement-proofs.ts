import type { Queryable } from '../../platform/database/index.js';
import type { StatementProof } from '../rules/statement-faults.js';

/** What is stored of an agreement's statements, and what the books hold of each, oldest first. */
export async function listStatementProofs(
  db: Queryable,
  agreementId: string,
  after: number,
  limit: number,
): Promise<StatementProof[]> {
  return db.query<StatementProof>(
    `SELECT s.sequence, s.recorded_up_to AS "recordedUpTo",
            (SELECT step.recorded FROM statement_steps step
              WHERE step.agreement_id = s.agreement_id AND step.statement_id = s.id AND step.kind = 'void')
              AS "voidRecorded",
            s.document, s.sha256, s.closing_balance AS "closingBalance",
            coalesce(sum(e.amount) FILTER (WHERE 'payable' = e.credit_kind), 0)
              - coalesce(sum(e.amount) FILTER (WHERE 'payable' = e.debit_kind), 0) AS "postedForA",
            coalesce(sum(e.amount) FILTER (WHERE 'receivable' = e.debit_kind), 0)
              - coalesce(sum(e.amount) FILTER (WHERE 'receivable' = e.credit_kind), 0) AS "postedForB"
       FROM statements s
       JOIN agreements a ON a.id = s.agreement_id
       LEFT JOIN ledger_transactions t
         ON t.agreement_id = s.agreement_id AND t.book_id = a.party_a_id
        AND t.source_kind = 'statement' AND t.source_id = s.id
       LEFT JOIN ledger_entries e
         ON e.agreement_id = t.agreement_id AND e.book_id = t.book_id AND e.sequence = t.sequence
      WHERE s.agreement_id = $1 AND s.sequence > $2
      GROUP BY s.agreement_id, s.id
      ORDER BY s.sequence
      LIMIT $3`,
    [agreementId, after, limit],
  );
}
