import type { TrafficRecord } from '../rules/traffic-record.js';

/** A stored revision that was found under a record's key. */
export interface StoredRevision {
  key: string;
  reporterId: string;
  /** How many records arrived under this key before it. */
  arrival: number;
  record: TrafficRecord;
}

/** What is stored of some records, and what a batch adds to it while it is decided on. */
export class StoredRevisions {
  private readonly byKey = new Map<string, StoredRevision[]>();

  constructor(
    private readonly reporterId: string,
    found: readonly StoredRevision[],
  ) {
    for (const each of found) this.under(each.key).push(each);
  }

  /** The revisions of one record: a key may hold several ids, if their hashes collide. */
  of(key: string, id: string): TrafficRecord[] {
    return this.under(key)
      .filter(({ reporterId, record }) => reporterId === this.reporterId && record.id === id)
      .map(({ record }) => record);
  }

  /** Adds a revision, and gives its arrival. */
  add(key: string, record: TrafficRecord): number {
    const present = this.under(key);
    const arrival = Math.max(-1, ...present.map((each) => each.arrival)) + 1;
    present.push({ key, reporterId: this.reporterId, arrival, record });
    return arrival;
  }

  private under(key: string): StoredRevision[] {
    const present = this.byKey.get(key) ?? [];
    if (present.length === 0) this.byKey.set(key, present);
    return present;
  }
}
