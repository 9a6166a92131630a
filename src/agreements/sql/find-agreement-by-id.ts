import type { Queryable } from '../../platform/database/index.js';
import { AGREEMENT_COLUMNS, AGREEMENT_TABLES, type AgreementRow } from './agreement-row.js';

export async function findAgreementById(db: Queryable, id: string): Promise<AgreementRow | undefined> {
  const [row] = await db.query<AgreementRow>(
    `SELECT ${AGREEMENT_COLUMNS} FROM ${AGREEMENT_TABLES} WHERE a.id = $1`,
    [id],
  );
  return row;
}
