import type { Agreement, FlowDirection, Side } from '../../agreements/index.js';
import { formatAmount } from '../../money/index.js';
import type { Rating } from '../../rating/index.js';
import { chargeOf, lineDifferences, netCharges, type LineFigures } from './adjustments.js';
import { partyCode, type StatementDocument } from './statement-document.js';

/** The figures of a charge as they are shown; signed where they are a difference. */
export interface RestatedFigures {
  bytes: string | null;
  quantity: string;
  amount: string;
}

/** A charge of an issued period: what was issued for it, and what it comes to now. */
export interface RestatedLine {
  kind: LineFigures['kind'];
  direction: FlowDirection | null;
  version: number;
  tier: number | null;
  unit: string;
  unitPrice: string;
  payer: string;
  payee: string;
  /** On the statement itself. */
  issued: RestatedFigures;
  /** By adjustments on later statements. */
  adjusted: RestatedFigures;
  /** With all that is known now. */
  now: RestatedFigures;
  /** What the next statement would adjust: now - issued - adjusted. */
  difference: RestatedFigures;
}

/** An amount along the same way. */
export interface RestatedAmount {
  issued: string;
  adjusted: string;
  now: string;
  difference: string;
}

/** What a statement's period would come to with all that is known now, beside what was issued. */
export interface Restatement {
  number: string;
  agreement: string;
  period: string;
  currency: string;
  settledBytes: Record<'issued' | 'now', Record<FlowDirection, string>>;
  zeroRatedBytes: Record<'issued' | 'now', Record<FlowDirection, string>>;
  lines: RestatedLine[];
  payableByA: RestatedAmount;
  payableByB: RestatedAmount;
  /** Signed, positive where A owes B. */
  net: RestatedAmount;
}

/** Compares an issued statement with its period computed anew, charge by charge. */
export function restatement(input: {
  agreement: Agreement;
  document: StatementDocument;
  /** The lines of the statement itself, without its adjustments of other periods. */
  issued: readonly LineFigures[];
  /** Adjustments of its period on later statements. */
  adjusted: readonly LineFigures[];
  settledBytes: Record<FlowDirection, bigint>;
  rating: Rating;
}): Restatement {
  const { agreement, document, issued, adjusted, rating } = input;
  const money = (amount: bigint): string => formatAmount(amount, agreement.currency);
  const difference = lineDifferences(rating.lines, [...issued, ...adjusted]);
  const columns = { issued, adjusted, now: rating.lines, difference };
  const owed = (sides: readonly Side[], sign: (side: Side) => bigint): RestatedAmount => {
    const sum = (lines: readonly LineFigures[]): string =>
      money(
        lines.reduce(
          (total, { payer, amount }) => (sides.includes(payer) ? total + sign(payer) * amount : total),
          0n,
        ),
      );
    return {
      issued: sum(issued),
      adjusted: sum(adjusted),
      now: sum(rating.lines),
      difference: sum(difference),
    };
  };
  return {
    number: document.number,
    agreement: agreement.code,
    period: document.period,
    currency: agreement.currency,
    settledBytes: { issued: document.settledBytes, now: shown(input.settledBytes) },
    zeroRatedBytes: { issued: document.zeroRatedBytes, now: shown(rating.zeroRatedBytes) },
    lines: netCharges([...issued, ...adjusted, ...rating.lines]).map((line) =>
      restatedLine(line, columns, document.version, agreement),
    ),
    payableByA: owed(['A'], () => 1n),
    payableByB: owed(['B'], () => 1n),
    net: owed(['A', 'B'], (side) => (side === 'A' ? 1n : -1n)),
  };
}

function restatedLine(
  line: LineFigures,
  columns: Record<'issued' | 'adjusted' | 'now' | 'difference', readonly LineFigures[]>,
  version: number,
  agreement: Agreement,
): RestatedLine {
  const { kind, direction, tier, unit, unitPrice, payer, payee } = line;
  const figures = (lines: readonly LineFigures[]): RestatedFigures => {
    const [sum] = netCharges(lines.filter((each) => chargeOf(each) === chargeOf(line)));
    return {
      bytes: line.bytes === null ? null : String(sum?.bytes ?? 0n),
      quantity: sum?.quantity ?? '0',
      amount: formatAmount(sum?.amount ?? 0n, agreement.currency),
    };
  };
  return {
    kind,
    direction,
    version,
    tier,
    unit,
    unitPrice,
    payer: partyCode(agreement, payer),
    payee: partyCode(agreement, payee),
    issued: figures(columns.issued),
    adjusted: figures(columns.adjusted),
    now: figures(columns.now),
    difference: figures(columns.difference),
  };
}

function shown(bytes: Record<FlowDirection, bigint>): Record<FlowDirection, string> {
  return { aToB: String(bytes.aToB), bToA: String(bytes.bToA) };
}
