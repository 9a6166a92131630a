import type { Queryable } from '../../platform/database/index.js';

export interface DueStatement {
  agreementId: string;
  id: string;
  acceptanceDue: Date;
}

/** Statements that nobody disputed and not both parties accepted by now, longest due first, after one. */
export async function listAcceptanceDue(
  db: Queryable,
  now: Date,
  after: DueStatement | null,
  limit: number,
): Promise<DueStatement[]> {
  return db.query<DueStatement>(
    `SELECT agreement_id AS "agreementId", id, acceptance_due AS "acceptanceDue"
       FROM statements
      WHERE state = 'issued' AND acceptance_due <= $1
        AND ($2::timestamptz IS NULL OR (acceptance_due, id) > ($2, $3::uuid))
      ORDER BY acceptance_due, id
      LIMIT $4`,
    [now, after?.acceptanceDue ?? null, after?.id ?? null, limit],
  );
}
