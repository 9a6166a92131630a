import type { Credential } from './audit-event.js';

/** Whose credential was sent: `unknown` where there was none, or none that was ever issued. */
export interface DeniedActor {
  kind: 'provider' | 'operator' | 'unknown';
  providerId: string | null;
  credential: Credential | null;
}

/** An attempt that was answered 401, 403, 404 or 429. */
export interface Denial {
  actor: DeniedActor;
  requestId: string;
  address: string;
  method: string;
  /** The route's pattern. */
  route: string;
  resource: { kind: string; id: string } | null;
  status: number;
  /** The problem's code. */
  code: string | null;
}

/**
 * Attempts alike that came one after the other; what differs between them is the first one's. Without a route it
 * counts attempts of all kinds that were left out.
 */
export interface DenialRow {
  at: string;
  until: string;
  attempts: number;
  actorKind: DeniedActor['kind'];
  partyId: string | null;
  credentialKind: Credential['kind'] | null;
  credentialId: string | null;
  address: string | null;
  requestId: string | null;
  method: string | null;
  route: string | null;
  resourceKind: string | null;
  resourceId: string | null;
  status: number | null;
  code: string | null;
}

/** Path parameters that name a resource; the others may name what must not be kept, such as a customer. */
const NAMING = ['agreement', 'provider', 'statement', 'dispute', 'payment'];

/** What a path names, as far as it may be kept. */
export function resourceIn(params: Readonly<Record<string, unknown>>): Denial['resource'] {
  const kind = NAMING.find((name) => params[name] !== undefined);
  const id = kind === undefined ? undefined : params[kind];
  if (kind === undefined || typeof id !== 'string' || !/^[A-Za-z0-9._-]{1,64}$/.test(id)) return null;
  return { kind, id };
}

/** Statuses by which somebody was turned away. A 404 may be a stranger's resource; the service does not tell. */
const DENIED = new Set([401, 403, 404, 429]);

/** Whether an answer to a route that wants to know its caller turned somebody away. */
export function isDenial(status: number): boolean {
  return DENIED.has(status);
}
