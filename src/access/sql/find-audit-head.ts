import type { Queryable } from '../../platform/database/index.js';
import type { AuditHead } from '../rules/verify-audit.js';

/** Where a chain ends, if it has begun. */
export async function findAuditHead(db: Queryable, chainId: string): Promise<AuditHead | null> {
  const [row] = await db.query<{ sequence: string; previous: Buffer | null; sha256: Buffer }>(
    `SELECT sequence, previous_sha256 AS previous, sha256 FROM audit_heads WHERE chain_id = $1`,
    [chainId],
  );
  return row ? { sequence: BigInt(row.sequence), previousSha256: row.previous, sha256: row.sha256 } : null;
}
