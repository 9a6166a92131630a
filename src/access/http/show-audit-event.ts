import { formatInstant } from '../../period/index.js';
import { DENIED, type AuditLogRow } from '../audit.service.js';
import type { Caller } from '../caller.js';
import type { AuditEvent } from '../rules/audit-event.js';
import type { AuditEventRow } from '../sql/list-audit-events.js';
import type { StoredDenial } from '../sql/list-denials.js';
import type { AuditEventView } from './audit-events.dto.js';

/** A row of the log as this caller may see it. */
export function showAuditEvent(logged: AuditLogRow, caller: Caller): AuditEventView {
  return logged.kind === 'change' ? showChange(logged.row, caller) : showDenial(logged.row);
}

/** What both parties may know is what was done; with which key, from where, and how much else is the doer's own. */
function showChange(row: AuditEventRow, caller: Caller): AuditEventView {
  const { actor, request, parties, effects, ...event } = JSON.parse(row.canonical) as AuditEvent;
  const isOwn =
    caller.kind === 'operator' || (actor.kind === 'provider' && actor.provider === caller.providerCode);
  return {
    ...event,
    outcome: 'done',
    actor: { ...actor, credential: isOwn ? actor.credential : null },
    parties: [...parties],
    request: request && { ...request, ...(!isOwn && { id: null, address: null }) },
    effects: [...effects],
    status: null,
    code: null,
    attempts: 1,
    until: event.at,
    link: isOwn ? linkOf(row) : null,
  };
}

function linkOf({ sequence, previousSha256, sha256, canonical }: AuditEventRow): AuditEventView['link'] {
  return {
    sequence,
    previousSha256: previousSha256?.toString('hex') ?? null,
    sha256: sha256.toString('hex'),
    canonical,
  };
}

function showDenial(row: StoredDenial): AuditEventView {
  const { id, actorKind, provider, credentialKind, credentialId, resourceKind, resourceId, route } = row;
  const request = route !== null && { id: row.requestId, address: row.address, method: row.method!, route };
  return {
    id,
    at: formatInstant(row.recordedAt.getTime()),
    outcome: 'denied',
    action: DENIED,
    actor: {
      kind: actorKind,
      provider,
      credential: credentialKind && credentialId ? { kind: credentialKind, id: credentialId } : null,
    },
    resource: resourceKind && resourceId ? { kind: resourceKind, id: resourceId } : null,
    agreement: resourceKind === 'agreement' ? resourceId : null,
    parties: provider === null ? [] : [provider],
    request: request || null,
    before: null,
    after: null,
    effects: [],
    status: row.status,
    code: row.code,
    attempts: Number(row.attempts),
    until: formatInstant(row.until.getTime()),
    link: null,
  };
}

/** The columns of the audit log as CSV. */
export const AUDIT_COLUMNS = [
  ...['id', 'at', 'outcome', 'action'],
  ...['actor_kind', 'actor_provider', 'credential_kind', 'credential_id', 'resource_kind', 'resource_id'],
  ...['agreement', 'parties', 'request_id', 'address', 'method', 'route'],
  ...['before', 'after', 'effects', 'status', 'code', 'attempts', 'until', 'sequence', 'sha256'],
];

/** The same as cells: states and effects as JSON, and without the canonical text, which would say it all twice. */
export function auditCells(view: AuditEventView): Record<string, string | number | null> {
  const { actor, resource, request, link } = view;
  const json = (value: object | null): string | null => value && JSON.stringify(value);
  return {
    id: view.id,
    at: view.at,
    outcome: view.outcome,
    action: view.action,
    actor_kind: actor.kind,
    actor_provider: actor.provider,
    credential_kind: actor.credential?.kind ?? null,
    credential_id: actor.credential?.id ?? null,
    resource_kind: resource?.kind ?? null,
    resource_id: resource?.id ?? null,
    agreement: view.agreement,
    parties: view.parties.join(' '),
    request_id: request?.id ?? null,
    address: request?.address ?? null,
    method: request?.method ?? null,
    route: request?.route ?? null,
    before: json(view.before),
    after: json(view.after),
    effects: view.effects.length > 0 ? json(view.effects) : null,
    status: view.status,
    code: view.code,
    attempts: view.attempts,
    until: view.until,
    sequence: link?.sequence ?? null,
    sha256: link?.sha256 ?? null,
  };
}
