import canonicalize from 'canonicalize';
import type { FlowDirection, Side } from '../../agreements/index.js';
import type { DailyTraffic } from '../../reconciliation/index.js';
import type { BusinessDetails } from '../../providers/index.js';
import type { IssuedStatement } from '../../settlement/index.js';

/** What a letterhead says of a party, as it was at the issue. */
export interface PartyDetails {
  code: string;
  name: string;
  asns: readonly number[];
  billingCurrency: string;
  /** Missing from statements that were issued before providers could give any. */
  business?: BusinessDetails;
}

/**
 * All that a statement's renderings are made of. It is fixed at the issue, so a rendering made later, or made
 * again, says the same. Nothing in it belongs to one party alone.
 */
export interface StatementModel {
  statement: IssuedStatement;
  parties: Record<Side, PartyDetails>;
  /** Bytes by local day; none where the buckets are longer than days. */
  days: { date: string; flows: Record<FlowDirection, Record<'sender' | 'receiver' | 'settled', string>> }[];
}

/** A line as it is rendered. What only adjustments have is null on every other line. */
export type RenderedLine = Omit<IssuedLine, AdjustmentMember> & {
  [Member in AdjustmentMember]: NonNullable<IssuedLine[Member]> | null;
};

type IssuedLine = IssuedStatement['lines'][number];
type AdjustmentMember = 'originalPeriod' | 'originalKind' | 'cause' | 'reference';

/** The lines of a model in their order. */
export function linesOf({ statement }: StatementModel): RenderedLine[] {
  const none = { originalPeriod: null, originalKind: null, cause: null, reference: null };
  return statement.lines.map((line) => ({ ...none, ...line }));
}

export function statementModel(
  statement: IssuedStatement,
  parties: Record<Side, PartyDetails>,
  days: readonly DailyTraffic[],
): StatementModel {
  const flow = (sum: DailyTraffic['flows']['aToB']): Record<'sender' | 'receiver' | 'settled', string> => ({
    sender: sum?.senderBytes ?? '0',
    receiver: sum?.receiverBytes ?? '0',
    settled: sum?.settledBytes ?? '0',
  });
  return {
    statement,
    parties,
    days: days.map(({ date, flows }) => ({
      date,
      flows: { aToB: flow(flows.aToB), bToA: flow(flows.bToA) },
    })),
  };
}

/** The stored form of a model (RFC 8785). */
export function serializeModel(model: StatementModel): Buffer {
  return Buffer.from(canonicalize(model)!);
}

export function parseModel(stored: Buffer): StatementModel {
  return JSON.parse(stored.toString('utf8')) as StatementModel;
}

/** Which side of a statement a party is, by its code. */
export function sideOfCode({ parties }: StatementModel, code: string): Side {
  return parties.A.code === code ? 'A' : 'B';
}

/** The name under which a party is a business. */
export function legalNameOf({ name, business }: PartyDetails): string {
  return business?.legalName ?? name;
}
