import type { Queryable } from '../../platform/database/index.js';

/** Ends all sessions of a key but the latest `kept`. */
export async function deleteSurplusSessions(tx: Queryable, keyId: string, kept: number): Promise<void> {
  await tx.query(
    `DELETE FROM sessions
      WHERE key_id = $1
        AND id NOT IN (SELECT id FROM sessions WHERE key_id = $1 ORDER BY id DESC LIMIT $2)`,
    [keyId, kept],
  );
}
