import type { FlowDirection, Side } from '../../agreements/index.js';
import type { Instant } from '../../period/index.js';

/** Traffic as its reporter sees it. */
export type ReportedDirection = 'egress' | 'ingress';

/** Which end of a flow a measurement was taken at. */
export type FlowSide = 'sender' | 'receiver';

/** One party's measured bytes for a direction and an interval (domain contract, section 4). */
export interface TrafficRecord {
  id: string;
  revision: number;
  direction: ReportedDirection;
  /** Half-open `[start, end)`, whole seconds. */
  start: Instant;
  end: Instant;
  bytes: bigint;
  sourceRegion: string | null;
  destinationRegion: string | null;
  service: string | null;
  /** The reporter's own reference for the customer who was charged; never shown to the other party. */
  customer: string | null;
  chargedUnitPrice: string | null;
  void: boolean;
}

/** The flow that a party's report is about: what A sends, B receives. */
export function flowOf(reporter: Side, direction: ReportedDirection): FlowDirection {
  return (reporter === 'A') === (direction === 'egress') ? 'aToB' : 'bToA';
}

/** Egress is measured by the sender, ingress by the receiver. */
export function flowSideOf(direction: ReportedDirection): FlowSide {
  return direction === 'egress' ? 'sender' : 'receiver';
}
