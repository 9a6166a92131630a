import { createHash } from 'node:crypto';
import canonicalizeModule from 'canonicalize';

// The package is CommonJS with types for a default export, which the two module systems see differently.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string;

/** The chain of what the operator does, and the service by itself; a provider's chain has the provider's id. */
export const PLATFORM_CHAIN = '00000000-0000-0000-0000-000000000000';

/** What a caller proved who it is with. The secret is never part of it. */
export interface Credential {
  kind: 'api_key' | 'access_token' | 'session';
  /** The key's or session's id; of a token, an id that stands for its issuer and subject. */
  id: string;
}

/** Who acted: a provider, the operator, or the service itself in a background job. */
export interface AuditActor {
  kind: 'provider' | 'operator' | 'service';
  /** Code of the provider; null for the other two. */
  provider: string | null;
  credential: Credential | null;
}

/** The request that it was done by. */
export interface AuditRequest {
  id: string;
  /** Where it came from, as the setting of trusted proxies gives it. */
  address: string;
  method: string;
  /** The route's pattern: a path may name what must not be kept. */
  route: string;
}

/** Members that tell a state; they are kept as they are, so nothing secret and no customer may be among them. */
export type AuditState = Record<string, unknown>;

/** One thing that was changed. */
export interface AuditedChange {
  /** What was done, such as `agreement.suspend`. */
  action: string;
  resource: { kind: string; id: string };
  /** Code of the agreement that it belongs to, if any. */
  agreement: string | null;
  /** What was there; null for what is new. */
  before: AuditState | null;
  after: AuditState | null;
}

/** All that one transaction changed: what it was for, and what that brought with it. */
export interface AuditEvent extends AuditedChange {
  id: string;
  /** RFC 3339, UTC. */
  at: string;
  actor: AuditActor;
  /** Null for what the service did by itself. */
  request: AuditRequest | null;
  /** Codes of the providers that it concerns: none, one, or both parties of an agreement. */
  parties: readonly string[];
  effects: readonly AuditedChange[];
}

/** The text of an event that is stored and hashed: its RFC 8785 canonical JSON. */
export function canonicalEvent(event: AuditEvent): string {
  return canonicalize(event);
}

/**
 * The link of a chain: SHA-256 over the 32 bytes of the hash before (nothing for the first) followed by the UTF-8
 * bytes of the canonical text. The books of the ledger are chained alike.
 */
export function linkHash(previous: Buffer | null, canonical: string): Buffer {
  const hash = createHash('sha256');
  if (previous) hash.update(previous);
  return hash.update(canonical, 'utf8').digest();
}
