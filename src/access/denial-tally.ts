import type { Denial, DenialRow, DeniedActor } from './rules/denial.js';

/** How many rows a minute one caller can make; all that cannot be told apart are one caller. */
export const ROWS_A_MINUTE = 60;

/** What one caller was denied in the current minute. */
interface Denied {
  actor: Pick<DeniedActor, 'kind' | 'providerId'>;
  rows: Map<string, DenialRow>;
  /** Rows that were taken before, of the same minute. */
  taken_count: number;
  leftOut: DenialRow | null;
}

/**
 * Adds up denied attempts until they are written. Attempts alike make one row, and each caller has room for
 * {@link ROWS_A_MINUTE} a minute, so that a flood makes few rows and takes no room from another's; what there is no
 * room for is counted.
 */
export class DenialTally {
  private readonly denied = new Map<string, Denied>();
  private minute: number | null = null;

  note(denial: Denial, now: Date): void {
    this.minute ??= minuteOf(now);
    const of = this.of(denial.actor);
    const at = now.toISOString();
    const key = keyOf(denial);
    const row = of.rows.get(key);
    if (row) return addTo(row, at, 1);
    if (of.taken_count + of.rows.size < ROWS_A_MINUTE) of.rows.set(key, rowOf(denial, at));
    else this.leaveOut(of, { at, until: at, attempts: 1 });
  }

  /** Takes the rows that there are. What was left out is counted to its minute's end, or to `last`. */
  take(now: Date, last = false): DenialRow[] {
    const minute = minuteOf(now);
    const isOver = last || (this.minute !== null && minute !== this.minute);
    this.minute = minute;
    const taken: DenialRow[] = [];
    for (const [caller, of] of this.denied) {
      taken.push(...of.rows.values());
      of.taken_count += of.rows.size;
      of.rows.clear();
      if (!isOver) continue;
      if (of.leftOut) taken.push(of.leftOut);
      this.denied.delete(caller);
    }
    return taken;
  }

  /** Counts rows that could not be written among what is left out. */
  giveBack(rows: readonly DenialRow[]): void {
    for (const row of rows) {
      this.leaveOut(this.of({ kind: row.actorKind, providerId: row.partyId }), row);
    }
  }

  private of(actor: Pick<DeniedActor, 'kind' | 'providerId'>): Denied {
    const caller = actor.providerId ?? actor.kind;
    const known = this.denied.get(caller);
    if (known) return known;
    const fresh = { actor, rows: new Map<string, DenialRow>(), taken_count: 0, leftOut: null };
    this.denied.set(caller, fresh);
    return fresh;
  }

  private leaveOut(of: Denied, { at, until, attempts }: Pick<DenialRow, 'at' | 'until' | 'attempts'>): void {
    if (!of.leftOut) of.leftOut = { ...leftOutBy(of.actor), at, until, attempts };
    else addTo(of.leftOut, until, attempts);
  }
}

function minuteOf(instant: Date): number {
  return Math.floor(instant.getTime() / 60_000);
}

function addTo(row: DenialRow, until: string, attempts: number): void {
  row.attempts += attempts;
  if (until > row.until) row.until = until;
}

function rowOf(denial: Denial, at: string): DenialRow {
  const { actor, resource } = denial;
  return {
    at,
    until: at,
    attempts: 1,
    actorKind: actor.kind,
    partyId: actor.providerId,
    credentialKind: actor.credential?.kind ?? null,
    credentialId: actor.credential?.id ?? null,
    address: denial.address,
    requestId: denial.requestId,
    method: denial.method,
    route: denial.route,
    resourceKind: resource?.kind ?? null,
    resourceId: resource?.id ?? null,
    status: denial.status,
    code: denial.code,
  };
}

function leftOutBy({ kind, providerId }: Pick<DeniedActor, 'kind' | 'providerId'>): DenialRow {
  return {
    at: '',
    until: '',
    attempts: 0,
    actorKind: kind,
    partyId: providerId,
    credentialKind: null,
    credentialId: null,
    address: null,
    requestId: null,
    method: null,
    route: null,
    resourceKind: null,
    resourceId: null,
    status: null,
    code: null,
  };
}

/** Attempts with the same key are alike. */
function keyOf({ actor, address, method, route, resource, status, code }: Denial): string {
  return JSON.stringify([actor.credential, address, method, route, resource, status, code]);
}
