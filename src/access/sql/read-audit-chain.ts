import type { Queryable } from '../../platform/database/index.js';
import type { StoredAuditEvent } from '../rules/verify-audit.js';

/** The next events of a chain, after a sequence, for their check. */
export async function readAuditChain(
  db: Queryable,
  chainId: string,
  after: bigint | null,
  limit: number,
): Promise<StoredAuditEvent[]> {
  const rows = await db.query<Omit<StoredAuditEvent, 'sequence'> & { sequence: string }>(
    `SELECT e.sequence, e.id, e.recorded_at AS "recordedAt",
            e.recorded_at = date_trunc('milliseconds', e.recorded_at) AS "isWhole",
            array_remove(ARRAY[a.code, b.code], NULL) AS parties, e.action, e.resource_kind AS "resourceKind",
            e.resource_id AS "resourceId", e.agreement, e.canonical, e.previous_sha256 AS "previousSha256", e.sha256
       FROM audit_events e
       LEFT JOIN providers a ON a.id = e.party_id
       LEFT JOIN providers b ON b.id = e.counterparty_id
      WHERE e.chain_id = $1 AND ($2::bigint IS NULL OR e.sequence > $2)
      ORDER BY e.sequence
      LIMIT $3`,
    [chainId, after?.toString() ?? null, limit],
  );
  return rows.map((row) => ({ ...row, sequence: BigInt(row.sequence) }));
}
