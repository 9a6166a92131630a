import type { Queryable } from '../../platform/database/index.js';

export interface OperatorKeyRow {
  id: string;
  name: string;
  key_sha256: Buffer;
  revoked: boolean;
}

/** All keys of the operator, revoked ones too. */
export async function listOperatorKeys(tx: Queryable): Promise<OperatorKeyRow[]> {
  return tx.query<OperatorKeyRow>(
    `SELECT id, name, key_sha256, revoked_at IS NOT NULL AS revoked FROM api_keys WHERE provider_id IS NULL ORDER BY id`,
  );
}
