import type { Queryable } from '../../platform/database/index.js';
import { AGREEMENT_COLUMNS, AGREEMENT_TABLES, type AgreementRow } from './agreement-row.js';

/** Agreements after `afterId` in the order they were made: a party's own, or with null all. */
export async function listAgreements(
  db: Queryable,
  partyId: string | null,
  afterId: string | null,
  limit: number,
): Promise<AgreementRow[]> {
  return db.query<AgreementRow>(
    `SELECT ${AGREEMENT_COLUMNS}
       FROM ${AGREEMENT_TABLES}
      WHERE ($1::uuid IS NULL OR $1 IN (a.party_a_id, a.party_b_id)) AND ($2::uuid IS NULL OR a.id > $2)
      ORDER BY a.id
      LIMIT $3`,
    [partyId, afterId, limit],
  );
}
