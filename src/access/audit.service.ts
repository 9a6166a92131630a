import { Injectable } from '@nestjs/common';
import { Database, OPERATOR, type Tenant, type Transaction } from '../platform/database/index.js';
import { newId } from '../platform/ids/index.js';
import { currentOrigin, type Origin } from './origin.js';
import { canonicalEvent, PLATFORM_CHAIN, type AuditedChange, type AuditEvent } from './rules/audit-event.js';
import { appendAuditEvent } from './sql/append-audit-event.js';
import { listAuditEvents, type AuditEventRow, type AuditFilter } from './sql/list-audit-events.js';
import { listDenials, type StoredDenial } from './sql/list-denials.js';
import { listEventsOfDisputes } from './sql/list-events-of-disputes.js';
import { listLoggedDisputes } from './sql/list-logged-disputes.js';

/** A provider that a change concerns, and that may read of it. */
export interface AuditedParty {
  id: string;
  code: string;
}

/** A change as it is reported to the log. */
export interface ReportedChange extends Omit<AuditedChange, 'agreement' | 'before' | 'after'> {
  agreement?: string | null;
  /** The provider whose own it is, both parties of an agreement, or nobody: then it is for the operator alone. */
  parties: readonly AuditedParty[];
  before?: AuditedChange['before'];
  after?: AuditedChange['after'];
}

/** A row of the log as it is stored. */
export type AuditLogRow =
  | { kind: 'change'; at: Date; id: string; row: AuditEventRow }
  | { kind: 'denial'; at: Date; id: string; row: StoredDenial };

/** The action of every attempt that was denied; its route says what was attempted. */
export const DENIED = 'request.denied';

/** What was changed in a transaction so far. */
interface Pending {
  origin: Origin;
  changes: ReportedChange[];
}

/** The log of changes, and of attempts that were denied. */
@Injectable()
export class AuditService {
  private readonly pending = new WeakMap<Transaction, Pending>();

  constructor(private readonly database: Database) {}

  /**
   * Logs a change in its transaction: it is logged if that commits, and never otherwise. All changes of one
   * transaction make one event, of which the first is what it is about and the others are effects. It is written
   * right before the commit, so a chain is held up for no longer than that takes.
   */
  record(tx: Transaction, change: ReportedChange): void {
    const origin = currentOrigin();
    tx.beforeCommit(() => {
      const pending = this.pending.get(tx);
      if (pending) {
        pending.changes.push(change);
        return;
      }
      const begun = { origin, changes: [change] };
      this.pending.set(tx, begun);
      // For whose chain it is, whoever the change was made for: the other party's, or both's.
      tx.beforeCommit(() => this.database.actFor(holderOf(origin), () => append(tx, begun)));
    });
  }

  /** Ids of all disputes of an agreement, given by its code, of which something was logged that the tenant may see. */
  async loggedDisputes(agreement: string): Promise<string[]> {
    return listLoggedDisputes(this.database, agreement);
  }

  /** What was logged of disputes of an agreement, given by its code: by the id of the dispute, in the order of time. */
  async eventsOfDisputes(agreement: string, ids: readonly string[]): Promise<Map<string, AuditEvent[]>> {
    const events = new Map<string, AuditEvent[]>();
    for (const { disputeId, canonical } of await listEventsOfDisputes(this.database, agreement, ids)) {
      const known = events.get(disputeId) ?? [];
      events.set(disputeId, [...known, JSON.parse(canonical) as AuditEvent]);
    }
    return events;
  }

  /** Changes and denied attempts, latest first; an outcome leaves the other kind out. */
  async list(
    filter: AuditFilter & { outcome: 'done' | 'denied' | null },
    limit: number,
  ): Promise<AuditLogRow[]> {
    const { outcome, action } = filter;
    const withDenials = outcome !== 'done' && (action === null || action === DENIED);
    const [events, denied] = await Promise.all([
      outcome === 'denied' ? [] : listAuditEvents(this.database, filter, limit),
      withDenials ? listDenials(this.database, filter, limit) : [],
    ]);
    const rows: AuditLogRow[] = [
      ...events.map((row) => ({ kind: 'change' as const, at: row.recordedAt, id: row.id, row })),
      ...denied.map((row) => ({ kind: 'denial' as const, at: row.recordedAt, id: row.id, row })),
    ];
    return rows.sort(latestFirst).slice(0, limit);
  }
}

/** Whose chain an event goes into: the provider's that did it, or the platform's. */
function holderOf({ chainId }: Origin): Tenant {
  return chainId === PLATFORM_CHAIN ? OPERATOR : { kind: 'provider', providerId: chainId };
}

async function append(tx: Transaction, { origin, changes }: Pending): Promise<void> {
  const now = new Date();
  const [main, ...effects] = changes.map(asLogged);
  const { parties } = changes[0]!;
  const event: AuditEvent = {
    ...main!,
    id: newId(),
    at: now.toISOString(),
    actor: origin.actor,
    request: origin.request,
    parties: parties.map(({ code }) => code),
    effects,
  };
  await appendAuditEvent(tx, {
    chainId: origin.chainId,
    id: event.id,
    recordedAt: now,
    partyIds: parties.map(({ id }) => id),
    action: event.action,
    resourceKind: event.resource.kind,
    resourceId: event.resource.id,
    agreement: event.agreement,
    canonical: canonicalEvent(event),
  });
}

function asLogged({ action, resource, agreement, before, after }: ReportedChange): AuditedChange {
  return { action, resource, agreement: agreement ?? null, before: before ?? null, after: after ?? null };
}

function latestFirst(a: AuditLogRow, b: AuditLogRow): number {
  const difference = b.at.getTime() - a.at.getTime();
  if (difference !== 0) return difference;
  return a.id < b.id ? 1 : -1;
}
