import type { Queryable } from '../../platform/database/index.js';
import { STATEMENT_COLUMNS, type StatementRow } from './statement-row.js';

export interface StatementFilter {
  partyId: string | null;
  agreement: string | null;
  period: string | null;
  state: string | null;
}

/** Statements of a party, latest first, before the one with `beforeId`. */
export async function listStatements(
  db: Queryable,
  filter: StatementFilter,
  beforeId: string | null,
  limit: number,
): Promise<StatementRow[]> {
  return db.query<StatementRow>(
    `SELECT ${STATEMENT_COLUMNS}
       FROM statements s JOIN agreements a ON a.id = s.agreement_id
      WHERE ($1::uuid IS NULL OR $1 IN (a.party_a_id, a.party_b_id))
        AND ($2::text IS NULL OR a.code = $2)
        AND ($3::text IS NULL OR s.period = $3)
        AND ($4::text IS NULL OR s.state = $4)
        AND ($5::uuid IS NULL OR s.id < $5)
      ORDER BY s.id DESC
      LIMIT $6`,
    [filter.partyId, filter.agreement, filter.period, filter.state, beforeId, limit],
  );
}
