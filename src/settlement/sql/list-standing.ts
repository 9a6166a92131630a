import type { Queryable } from '../../platform/database/index.js';
import type { StatementDocument } from '../rules/statement-document.js';

/** Up to where the past is looked at. */
export interface Past {
  /** Only statements with a lower number. */
  beforeSequence: number;
  /** The figure of the agreement's clock: what was made void later still stood. */
  recordedUpTo: bigint;
}

export interface StandingStatement {
  id: string;
  sequence: number;
  period: string;
  recordedUpTo: bigint;
  document: StatementDocument;
}

/** An agreement's statements that are not void, oldest first; with a past, those that were not then. */
export async function listStanding(
  db: Queryable,
  agreementId: string,
  past: Past | null,
): Promise<StandingStatement[]> {
  const rows = await db.query<{
    id: string;
    sequence: number;
    period: string;
    recordedUpTo: string;
    document: string;
  }>(
    `SELECT s.id, s.sequence, s.period, s.recorded_up_to AS "recordedUpTo", s.document
       FROM statements s
      WHERE s.agreement_id = $1 AND ($2::integer IS NULL OR s.sequence < $2)
        AND NOT EXISTS (
              SELECT FROM statement_steps step
               WHERE step.agreement_id = s.agreement_id AND step.statement_id = s.id AND step.kind = 'void'
                 AND ($3::bigint IS NULL OR step.recorded <= $3))
      ORDER BY s.sequence`,
    [agreementId, past?.beforeSequence ?? null, past?.recordedUpTo ?? null],
  );
  return rows.map(({ recordedUpTo, document, ...row }) => ({
    ...row,
    recordedUpTo: BigInt(recordedUpTo),
    document: JSON.parse(document) as StatementDocument,
  }));
}
