import type { Queryable } from '../../platform/database/index.js';

/** Ends a session, in every process at once. */
export async function deleteSession(tx: Queryable, id: string): Promise<void> {
  await tx.query(`DELETE FROM sessions WHERE id = $1`, [id]);
}
