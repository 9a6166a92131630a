import type { TrafficRecord } from '../rules/traffic-record.js';

/** A stored revision that was found under a record's key. */
export interface StoredRevision {
  key: string;
  reporterId: string;
  /** How many records arrived under this key before it. */
  arrival: number;
  record: TrafficRecord;
  /** What the record's customer stands for, where it is a pseudonym that the reporter has not erased. */
  reference: string | null;
}

/** What is stored of some records, and what a batch adds to it while it is decided on. */
export class StoredRevisions {
  private readonly byKey = new Map<string, StoredRevision[]>();
  private readonly references = new Map<TrafficRecord, string>();

  constructor(
    private readonly reporterId: string,
    found: readonly StoredRevision[],
  ) {
    for (const each of found) {
      this.under(each.key).push(each);
      if (each.reference !== null) this.references.set(each.record, each.reference);
    }
  }

  /** The revisions of one record: a key may hold several ids, if their hashes collide. */
  of(key: string, id: string): TrafficRecord[] {
    return this.under(key)
      .filter(({ reporterId, record }) => reporterId === this.reporterId && record.id === id)
      .map(({ record }) => record);
  }

  /** What the customer of one of these revisions stands for, if that is known. */
  referenceOf(record: TrafficRecord): string | null {
    return this.references.get(record) ?? null;
  }

  /** Adds a revision, and gives its arrival. */
  add(key: string, record: TrafficRecord): number {
    const present = this.under(key);
    const arrival = Math.max(-1, ...present.map((each) => each.arrival)) + 1;
    present.push({ key, reporterId: this.reporterId, arrival, record, reference: null });
    return arrival;
  }

  private under(key: string): StoredRevision[] {
    const present = this.byKey.get(key) ?? [];
    if (present.length === 0) this.byKey.set(key, present);
    return present;
  }
}
