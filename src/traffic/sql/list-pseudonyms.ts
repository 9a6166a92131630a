import type { Queryable } from '../../platform/database/index.js';

/** Every pseudonym that stands for a provider's customer, one for each version of the key that it was reported under. */
export async function listPseudonyms(
  db: Queryable,
  providerId: string,
  reference: string,
): Promise<string[]> {
  const rows = await db.query<{ pseudonym: string }>(
    `SELECT pseudonym FROM customer_references WHERE provider_id = $1 AND reference = $2`,
    [providerId, reference],
  );
  return rows.map(({ pseudonym }) => pseudonym);
}
