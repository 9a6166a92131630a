import type { Queryable } from '../../platform/database/index.js';
import { AGREEMENT_COLUMNS, AGREEMENT_TABLES, type AgreementRow } from './agreement-row.js';

/** The agreement with this code that `partyId` is a party of; with null, whoever the parties are. */
export async function findAgreement(
  db: Queryable,
  code: string,
  partyId: string | null,
): Promise<AgreementRow | undefined> {
  const [row] = await db.query<AgreementRow>(
    `SELECT ${AGREEMENT_COLUMNS}
       FROM ${AGREEMENT_TABLES}
      WHERE a.code = $1 AND ($2::uuid IS NULL OR $2 IN (a.party_a_id, a.party_b_id))`,
    [code, partyId],
  );
  return row;
}
