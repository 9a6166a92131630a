import type { Queryable } from '../../platform/database/index.js';

/** Lets one process at a time look after the operator's keys, until its transaction ends. */
export async function lockOperatorKeys(tx: Queryable): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(7338531003)`);
}
