import type { Queryable } from '../../platform/database/index.js';

export interface AuditFilter {
  /** Whose log: what concerns this provider; null for all. */
  partyId: string | null;
  from: Date | null;
  to: Date | null;
  action: string | null;
  resourceKind: string | null;
  resourceId: string | null;
  agreement: string | null;
  /** Time and id of the last row of the page before. */
  before: { at: Date; id: string } | null;
}

export interface AuditEventRow {
  id: string;
  recordedAt: Date;
  chainId: string;
  sequence: string;
  canonical: string;
  previousSha256: Buffer | null;
  sha256: Buffer;
}

/** Changes, latest first. */
export async function listAuditEvents(
  db: Queryable,
  filter: AuditFilter,
  limit: number,
): Promise<AuditEventRow[]> {
  return db.query<AuditEventRow>(
    filter.partyId === null
      ? select('$9::uuid IS NULL')
      : `${select('party_id = $9')} UNION ALL ${select('counterparty_id = $9')}
         ORDER BY "recordedAt" DESC, id DESC LIMIT $10`,
    [
      filter.from,
      filter.to,
      filter.action,
      filter.resourceKind,
      filter.resourceId,
      filter.agreement,
      filter.before?.at ?? null,
      filter.before?.id ?? null,
      filter.partyId,
      limit,
    ],
  );
}

/** A provider is one or the other of two parties; each has an index in the order of the list. */
function select(whose: string): string {
  return `(SELECT id, recorded_at AS "recordedAt", chain_id AS "chainId", sequence, canonical,
                  previous_sha256 AS "previousSha256", sha256
             FROM audit_events
            WHERE ${whose}
              AND recorded_at >= coalesce($1::timestamptz, '-infinity')
              AND recorded_at < coalesce($2::timestamptz, 'infinity')
              AND ($3::text IS NULL OR action = $3)
              AND ($4::text IS NULL OR resource_kind = $4)
              AND ($5::text IS NULL OR resource_id = $5)
              AND ($6::text IS NULL OR agreement = $6)
              AND (recorded_at, id)
                  < (coalesce($7::timestamptz, 'infinity'), coalesce($8::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
            ORDER BY recorded_at DESC, id DESC
            LIMIT $10)`;
}
