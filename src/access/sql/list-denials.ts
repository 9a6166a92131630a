import type { Queryable } from '../../platform/database/index.js';
import type { DenialRow } from '../rules/denial.js';
import type { AuditFilter } from './list-audit-events.js';

/** A row of denials as it is stored. */
export interface StoredDenial extends Omit<DenialRow, 'at' | 'until' | 'attempts' | 'partyId'> {
  id: string;
  recordedAt: Date;
  until: Date;
  attempts: string;
  /** Code of whose credential it was. */
  provider: string | null;
}

/** Denied attempts, latest first. */
export async function listDenials(
  db: Queryable,
  filter: AuditFilter,
  limit: number,
): Promise<StoredDenial[]> {
  return db.query<StoredDenial>(
    `SELECT d.id, d.recorded_at AS "recordedAt", d.until, d.attempts, d.actor_kind AS "actorKind",
            p.code AS provider, d.credential_kind AS "credentialKind", d.credential_id AS "credentialId", d.address,
            d.request_id AS "requestId", d.method, d.route, d.resource_kind AS "resourceKind",
            d.resource_id AS "resourceId", d.status, d.code
       FROM audit_denials d
       LEFT JOIN providers p ON p.id = d.party_id
      WHERE ${filter.partyId === null ? '$1::uuid IS NULL' : 'd.party_id = $1'}
        AND d.recorded_at >= coalesce($2::timestamptz, '-infinity')
        AND d.recorded_at < coalesce($3::timestamptz, 'infinity')
        AND ($4::text IS NULL OR d.resource_kind = $4)
        AND ($5::text IS NULL OR d.resource_id = $5)
        AND ($6::text IS NULL OR (d.resource_kind = 'agreement' AND d.resource_id = $6))
        AND (d.recorded_at, d.id)
            < (coalesce($7::timestamptz, 'infinity'), coalesce($8::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      ORDER BY d.recorded_at DESC, d.id DESC
      LIMIT $9`,
    [
      filter.partyId,
      filter.from,
      filter.to,
      filter.resourceKind,
      filter.resourceId,
      filter.agreement,
      filter.before?.at ?? null,
      filter.before?.id ?? null,
      limit,
    ],
  );
}
