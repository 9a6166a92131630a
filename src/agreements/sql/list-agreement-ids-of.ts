import type { Queryable } from '../../platform/database/index.js';

/** Ids of the agreements that a provider is a party of, in lock order. */
export async function listAgreementIdsOf(db: Queryable, providerId: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `SELECT id FROM agreements WHERE $1 IN (party_a_id, party_b_id) ORDER BY id`,
    [providerId],
  );
  return rows.map(({ id }) => id);
}
