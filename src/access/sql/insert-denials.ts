import type { Queryable } from '../../platform/database/index.js';
import type { DenialRow } from '../rules/denial.js';

/** Adds rows of denied attempts, each under an id of its own. */
export async function insertDenials(
  db: Queryable,
  rows: readonly (DenialRow & { id: string })[],
): Promise<void> {
  await db.query(
    `INSERT INTO audit_denials (id, recorded_at, until, attempts, actor_kind, party_id, credential_kind,
       credential_id, address, request_id, method, route, resource_kind, resource_id, status, code)
     SELECT id, "at", until, attempts, "actorKind", "partyId", "credentialKind", "credentialId", address,
            "requestId", method, route, "resourceKind", "resourceId", status, code
       FROM jsonb_to_recordset($1::jsonb) AS row (
         id uuid, "at" timestamptz, until timestamptz, attempts bigint, "actorKind" text, "partyId" uuid,
         "credentialKind" text, "credentialId" text, address text, "requestId" text, method text, route text,
         "resourceKind" text, "resourceId" text, status integer, code text)`,
    [JSON.stringify(rows)],
  );
}
