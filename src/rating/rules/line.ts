import type { FlowDirection, Payer, Side, TrafficUnit } from '../../agreements/index.js';

/** The kinds of charge, in the order in which a statement lists them (section 6). */
export const LINE_KINDS = [
  'usage',
  'flat_fee',
  'ratio_excess',
  'percentile_commit',
  'percentile_overage',
  'true_up',
] as const;
export type LineKind = (typeof LINE_KINDS)[number];

/**
 * What a line counts: a unit of traffic; 'Mbps' on percentile lines; 'flat' on flat fees, whose quantity is 1;
 * on a true-up the currency's own code, its quantity being the shortfall and its unit price 1. So quantity
 * times unit price, rounded, is the amount of every line.
 */
export type LineUnit = TrafficUnit | 'Mbps' | 'flat' | (string & {});

/** One charge of a period (section 6). */
export interface RatedLine {
  kind: LineKind;
  /** null where both flows count: a true-up, and a percentile with basis max_of_directions. */
  direction: FlowDirection | null;
  /** 1-based, of graduated and volume prices; else null. */
  tier: number | null;
  /** The bytes that are charged, whole; null where none are counted. */
  bytes: bigint | null;
  /** For showing, at most 12 decimals; the amount comes from the exact quantity. */
  quantity: string;
  unit: LineUnit;
  unitPrice: string;
  /** Minor units of the agreement's currency, rounded once; never negative. */
  amount: bigint;
  payer: Side;
  payee: Side;
}

/** The other party. */
export function counterpartyOf(side: Side): Side {
  return side === 'A' ? 'B' : 'A';
}

/** Who sends the traffic of a flow: A sends aToB. */
export function senderOf(direction: FlowDirection): Side {
  return direction === 'aToB' ? 'A' : 'B';
}

/** Who pays for a flow and who is paid, as the pricing's `payer` says (section 6). */
export function partiesOf(direction: FlowDirection, payer: Payer): { payer: Side; payee: Side } {
  const sender = senderOf(direction);
  const receiver = counterpartyOf(sender);
  return payer === 'sender' ? { payer: sender, payee: receiver } : { payer: receiver, payee: sender };
}

/** The order of lines: kind, direction (aToB, bToA, none), tier (none first), payer. */
export function compareLines(a: RatedLine, b: RatedLine): number {
  return (
    LINE_KINDS.indexOf(a.kind) - LINE_KINDS.indexOf(b.kind) ||
    directionRank(a.direction) - directionRank(b.direction) ||
    (a.tier ?? 0) - (b.tier ?? 0) ||
    (a.payer === b.payer ? 0 : a.payer === 'A' ? -1 : 1)
  );
}

function directionRank(direction: FlowDirection | null): number {
  return direction === 'aToB' ? 0 : direction === 'bToA' ? 1 : 2;
}
