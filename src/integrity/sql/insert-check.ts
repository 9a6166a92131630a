import type { Queryable } from '../../platform/database/index.js';
import type { IntegrityReport } from '../rules/report.js';

/** Keeps what a check of everything found. */
export async function insertCheck(
  db: Queryable,
  { id, startedAt, finishedAt }: { id: string; startedAt: Date; finishedAt: Date },
  { counts, firstProblem }: IntegrityReport,
): Promise<void> {
  await db.query(
    `INSERT INTO integrity_checks (id, started_at, finished_at, agreements, transactions, entries, statements,
       renderings, seals, problem, audit_events, dispute_steps)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      id,
      startedAt,
      finishedAt,
      counts.agreements,
      counts.transactions,
      counts.entries,
      counts.statements,
      counts.renderings,
      counts.ledgerHeads,
      firstProblem && JSON.stringify(firstProblem),
      counts.auditEvents,
      counts.disputeSteps,
    ],
  );
}
