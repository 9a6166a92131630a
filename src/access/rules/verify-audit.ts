import { canonicalEvent, linkHash, type AuditEvent } from './audit-event.js';

/** An event as it is stored, with codes for the providers that its row names by id. */
export interface StoredAuditEvent {
  sequence: bigint;
  id: string;
  recordedAt: Date;
  /** Whether the stored time has no more digits than the text. */
  isWhole: boolean;
  parties: readonly string[];
  action: string;
  resourceKind: string;
  resourceId: string;
  agreement: string | null;
  canonical: string;
  previousSha256: Buffer | null;
  sha256: Buffer;
}

/** Where a chain ends. */
export interface AuditHead {
  sequence: bigint;
  previousSha256: Buffer | null;
  sha256: Buffer | null;
}

/** The end of a chain that has nothing yet. */
export const EMPTY_CHAIN: AuditHead = { sequence: 0n, previousSha256: null, sha256: null };

/** The first thing that is wrong with a chain, and at which event. */
export interface AuditFault {
  sequence: bigint;
  what: string;
}

/** What is wrong with the next event of a chain that has been checked up to `last`; null when nothing is. */
export function faultInEvent(last: AuditHead, stored: StoredAuditEvent): AuditFault | null {
  const expected = last.sequence + 1n;
  if (stored.sequence !== expected) return { sequence: expected, what: 'the event is missing' };
  const what = faultInLink(last, stored);
  return what === null ? null : { sequence: expected, what };
}

function faultInLink(last: AuditHead, stored: StoredAuditEvent): string | null {
  if (!sameHash(stored.previousSha256, last.sha256))
    return 'the previous hash is not that of the event before it';
  if (!stored.sha256.equals(linkHash(stored.previousSha256, stored.canonical)))
    return 'the hash is not that of the canonical bytes';
  return saysTheSame(stored) ? null : 'the stored event differs from the canonical bytes';
}

/** Whether the columns, by which events are found, say what the hashed text says. */
function saysTheSame(stored: StoredAuditEvent): boolean {
  let event: AuditEvent;
  try {
    event = JSON.parse(stored.canonical) as AuditEvent;
  } catch {
    return false;
  }
  const { recordedAt, isWhole, parties } = stored;
  return (
    canonicalEvent(event) === stored.canonical &&
    event.id === stored.id &&
    isWhole &&
    event.at === recordedAt.toISOString() &&
    event.action === stored.action &&
    event.resource.kind === stored.resourceKind &&
    event.resource.id === stored.resourceId &&
    event.agreement === stored.agreement &&
    JSON.stringify(event.parties) === JSON.stringify(parties)
  );
}

/** What is wrong with a chain's end, once every event has been checked. */
export function faultInHead(last: AuditHead, head: AuditHead | null): AuditFault | null {
  const stored = head ?? EMPTY_CHAIN;
  if (stored.sequence > last.sequence) return { sequence: last.sequence + 1n, what: 'the event is missing' };
  const same =
    stored.sequence === last.sequence &&
    sameHash(stored.sha256, last.sha256) &&
    sameHash(stored.previousSha256, last.previousSha256);
  return same ? null : { sequence: last.sequence, what: "the chain's head does not name the last event" };
}

function sameHash(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}
