import type { Queryable } from '../../platform/database/index.js';
import type { StoredSeal } from '../rules/seal.js';

export interface SealRow extends StoredSeal {
  statementId: string;
  period: string;
}

/** An agreement's seals after a number, oldest first. */
export async function listSeals(
  db: Queryable,
  agreementId: string,
  after = 0,
  limit: number | null = null,
): Promise<SealRow[]> {
  return db.query<SealRow>(
    `SELECT number, statement_id AS "statementId", period, document AS text, sha256
       FROM ledger_seals
      WHERE agreement_id = $1 AND number > $2
      ORDER BY number
      LIMIT $3`,
    [agreementId, after, limit],
  );
}
