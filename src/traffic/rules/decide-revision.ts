import type { TrafficRecord } from './traffic-record.js';

/** What becomes of a record that arrives, given the revisions of it that are stored. */
export type RevisionDecision =
  /** Stored; it counts from now on, in place of `replaces` if there was one. */
  | { outcome: 'created'; replaces: TrafficRecord | null }
  /** Stored, but a higher revision already counts. */
  | { outcome: 'superseded' }
  /** Already stored; nothing changes. */
  | { outcome: 'duplicate' }
  /** Another content is stored under this id and revision; nothing changes. */
  | { outcome: 'conflict' };

/**
 * Identity of records (domain contract, section 4): the highest revision counts, the same content again is
 * a duplicate and other content a conflict. `stored` holds revisions of this reporter, agreement and id.
 */
export function decideRevision(stored: readonly TrafficRecord[], incoming: TrafficRecord): RevisionDecision {
  let highest: TrafficRecord | null = null;
  for (const candidate of stored) {
    if (candidate.revision === incoming.revision) {
      return { outcome: sameContent(candidate, incoming) ? 'duplicate' : 'conflict' };
    }
    if (!highest || candidate.revision > highest.revision) highest = candidate;
  }
  if (highest && highest.revision > incoming.revision) return { outcome: 'superseded' };
  return { outcome: 'created', replaces: highest };
}

/** Whether two records say the same; a charged price is compared as a figure, not as text. */
export function sameContent(a: TrafficRecord, b: TrafficRecord): boolean {
  return (
    a.direction === b.direction &&
    a.start === b.start &&
    a.end === b.end &&
    a.bytes === b.bytes &&
    a.sourceRegion === b.sourceRegion &&
    a.destinationRegion === b.destinationRegion &&
    a.service === b.service &&
    a.customer === b.customer &&
    a.void === b.void &&
    trimmed(a.chargedUnitPrice) === trimmed(b.chargedUnitPrice)
  );
}

function trimmed(price: string | null): string | null {
  return price === null || !price.includes('.') ? price : price.replace(/\.?0+$/, '');
}
