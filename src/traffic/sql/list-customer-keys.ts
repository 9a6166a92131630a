import type { Queryable } from '../../platform/database/index.js';

/** A version of a provider's key, sealed; a destroyed one has only its dates left. */
export interface CustomerKeyRow {
  version: number;
  sealed: Buffer | null;
  createdAt: Date;
  destroyedAt: Date | null;
}

/** Versions of a provider's key, oldest first, after one; all of them without a limit. */
export async function listCustomerKeys(
  db: Queryable,
  providerId: string,
  after = 0,
  limit: number | null = null,
): Promise<CustomerKeyRow[]> {
  return db.query<CustomerKeyRow>(
    `SELECT version, sealed, created_at AS "createdAt", destroyed_at AS "destroyedAt"
       FROM customer_keys
      WHERE provider_id = $1 AND version > $2
      ORDER BY version
      LIMIT $3`,
    [providerId, after, limit],
  );
}
