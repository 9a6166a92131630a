import type { Flow, Party } from './terms.js';

/** A traffic record as a party sends it; instants in milliseconds. */
export interface Report {
  id: string;
  direction: 'egress' | 'ingress';
  start: number;
  end: number;
  bytes: bigint;
  sourceRegion?: string;
  customer?: string;
  chargedUnitPrice?: string;
  revision?: number;
  void?: boolean;
}

/** Bytes of a report before an instant: rounded up, so that parts are differences (section 4). */
function bytesBefore({ bytes, start, end }: Report, instant: number): bigint {
  if (instant <= start) return 0n;
  if (instant >= end) return bytes;
  const product = bytes * BigInt(instant - start);
  const length = BigInt(end - start);
  return (product + length - 1n) / length;
}

/** The part of a report between two instants. */
export function bytesBetween(report: Report, from: number, to: number): bigint {
  return bytesBefore(report, to) - bytesBefore(report, from);
}

/** All that the parties of an agreement sent, of which the highest revisions count. */
export class Reports {
  private readonly latest: Record<Party, Map<string, Report>> = { A: new Map(), B: new Map() };

  take(party: Party, reports: readonly Report[]): void {
    for (const report of reports) {
      const known = this.latest[party].get(report.id);
      if (known && (known.revision ?? 0) >= (report.revision ?? 0)) continue;
      this.latest[party].set(report.id, report);
    }
  }

  /** What counts of a party for a flow and overlaps an interval. */
  of(party: Party, flow: Flow, from: number, to: number): Report[] {
    const direction = (flow === 'aToB') === (party === 'A') ? 'egress' : 'ingress';
    return [...this.latest[party].values()].filter(
      (report) => !report.void && report.direction === direction && report.start < to && report.end > from,
    );
  }
}
