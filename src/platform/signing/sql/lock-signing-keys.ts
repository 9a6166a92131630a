import type { Transaction } from '../../database/index.js';

/** Two processes that start at once must not make a key each. */
export async function lockSigningKeys(tx: Transaction): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(7338531003)`);
}
