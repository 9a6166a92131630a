import type { Queryable } from '../../platform/database/index.js';

/** What a provider's pseudonyms stand for, of those that are given and not erased. */
export async function listCustomerReferences(
  db: Queryable,
  providerId: string,
  pseudonyms: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db.query<{ pseudonym: string; reference: string }>(
    `SELECT pseudonym, reference FROM customer_references WHERE provider_id = $1 AND pseudonym = ANY ($2)`,
    [providerId, pseudonyms],
  );
  return new Map(rows.map(({ pseudonym, reference }) => [pseudonym, reference]));
}
