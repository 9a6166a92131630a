import type { Queryable } from '../../platform/database/index.js';

/** The codes of those ids that are agreements. */
export async function findAgreementCodes(
  db: Queryable,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db.query<{ id: string; code: string }>(
    `SELECT id, code FROM agreements WHERE id = ANY ($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map(({ id, code }) => [id, code]));
}
