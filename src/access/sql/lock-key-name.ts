import type { Queryable } from '../../platform/database/index.js';

/** Lets one transaction at a time make a provider's keys of one name, until it ends. */
export async function lockKeyName(tx: Queryable, providerId: string, name: string): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, [
    JSON.stringify(['api key', providerId, name]),
  ]);
}
