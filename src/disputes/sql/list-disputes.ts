import type { Queryable } from '../../platform/database/index.js';
import { DISPUTE_COLUMNS, DISPUTE_TABLES, type DisputeRow } from './dispute-row.js';

export interface DisputeFilter {
  /** Ids of the agreements whose disputes are meant; null for all. */
  agreementIds: readonly string[] | null;
  agreement: string | null;
  statementId: string | null;
  period: string | null;
  state: string | null;
  reason: string | null;
  /** Code of the party that raised it. */
  raisedBy: string | null;
}

/** Disputes of agreements, latest first, before the one with `beforeId`. */
export async function listDisputes(
  db: Queryable,
  filter: DisputeFilter,
  beforeId: string | null,
  limit: number,
): Promise<DisputeRow[]> {
  return db.query<DisputeRow>(
    `SELECT ${DISPUTE_COLUMNS}
       FROM ${DISPUTE_TABLES}
      WHERE ($1::uuid[] IS NULL OR d.agreement_id = ANY ($1))
        AND ($2::text IS NULL OR a.code = $2)
        AND ($3::uuid IS NULL OR d.statement_id = $3)
        AND ($4::text IS NULL OR d.period = $4)
        AND ($5::text IS NULL OR d.state = $5)
        AND ($6::text IS NULL OR d.reason = $6)
        AND ($7::text IS NULL OR $7 = CASE WHEN d.raised_by = a.party_a_id THEN pa.code ELSE pb.code END)
        AND ($8::uuid IS NULL OR d.id < $8)
      ORDER BY d.id DESC
      LIMIT $9`,
    [
      filter.agreementIds,
      filter.agreement,
      filter.statementId,
      filter.period,
      filter.state,
      filter.reason,
      filter.raisedBy,
      beforeId,
      limit,
    ],
  );
}
