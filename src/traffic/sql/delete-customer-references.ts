import type { Queryable } from '../../platform/database/index.js';

/** Destroys what says which pseudonyms stand for a provider's customer; gives how many there were. */
export async function deleteCustomerReferences(
  tx: Queryable,
  providerId: string,
  reference: string,
): Promise<number> {
  const rows = await tx.query(
    `DELETE FROM customer_references WHERE provider_id = $1 AND reference = $2 RETURNING 1`,
    [providerId, reference],
  );
  return rows.length;
}
