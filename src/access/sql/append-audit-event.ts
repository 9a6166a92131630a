import type { Queryable } from '../../platform/database/index.js';

export interface NewAuditEvent {
  chainId: string;
  id: string;
  recordedAt: Date;
  /** Ids of the providers that it concerns, at most two. */
  partyIds: readonly string[];
  action: string;
  resourceKind: string;
  resourceId: string;
  agreement: string | null;
  canonical: string;
}

/**
 * Adds an event at the end of its chain. One statement, since everybody who has something to add to the chain
 * waits from here to the commit.
 */
export async function appendAuditEvent(tx: Queryable, event: NewAuditEvent): Promise<void> {
  const [partyId = null, counterpartyId = null] = event.partyIds;
  await tx.query(
    `WITH moved AS (
       INSERT INTO audit_heads AS head (chain_id, sequence, sha256)
       VALUES ($1, 1, sha256(convert_to($2, 'UTF8')))
       ON CONFLICT (chain_id) DO UPDATE
         SET sequence = head.sequence + 1,
             previous_sha256 = head.sha256,
             sha256 = sha256(head.sha256 || convert_to($2, 'UTF8'))
       RETURNING head.sequence, head.previous_sha256, head.sha256
     )
     INSERT INTO audit_events (chain_id, sequence, id, recorded_at, party_id, counterparty_id, action,
       resource_kind, resource_id, agreement, canonical, previous_sha256, sha256)
     SELECT $1, moved.sequence, $3, $4, $5, $6, $7, $8, $9, $10, $2, moved.previous_sha256, moved.sha256
       FROM moved`,
    [
      event.chainId,
      event.canonical,
      event.id,
      event.recordedAt,
      partyId,
      counterpartyId,
      event.action,
      event.resourceKind,
      event.resourceId,
      event.agreement,
    ],
    'append_audit_event',
  );
}
