import type { FlowDirection, Side } from '../../agreements/index.js';
import {
  add,
  currencyExponent,
  formatDecimal,
  parseDecimal,
  rational,
  subtract,
  ZERO,
  type Rational,
} from '../../money/index.js';
import type { LineKind, RatedLine } from '../../rating/index.js';
import { counterpartyOf, LINE_KINDS } from '../../rating/rules/line.js';

/**
 * Why an issued period comes to something else: records that were not known at the last statement (`late`), other
 * revisions of those that were (`correction`), or what was settled in a dispute.
 */
export const ADJUSTMENT_CAUSES = ['late', 'correction', 'dispute'] as const;
export type AdjustmentCause = (typeof ADJUSTMENT_CAUSES)[number];

/** The figures of a charge; signed where they are a difference. */
export type LineFigures = Pick<
  RatedLine,
  'kind' | 'direction' | 'tier' | 'bytes' | 'quantity' | 'unit' | 'unitPrice' | 'amount' | 'payer' | 'payee'
>;

/** What changes an issued period, on a later statement (domain contract, section 9). All figures are signed. */
export interface AdjustmentLine extends Omit<LineFigures, 'kind'> {
  kind: 'adjustment';
  originalPeriod: string;
  /** The version of the terms by which the original period is rated. */
  version: number;
  /** The kind of the line that changes; null for money that was conceded, which no recomputation counts. */
  originalKind: LineKind | null;
  cause: AdjustmentCause;
  /** Number of the statement that is adjusted, or id of the dispute. */
  reference: string;
}

/** What a period comes to once something more is known, and to what that is due. */
export interface Restated {
  lines: readonly LineFigures[];
  cause: AdjustmentCause;
  reference: string;
}

/** Money that was conceded in a dispute: how much more, or with a minus how much less, the payer owes. */
export interface ConcededMoney {
  disputeId: string;
  period: string;
  direction: FlowDirection | null;
  payer: Side;
  amount: bigint;
}

/**
 * The adjustments of one issued period: what it comes to, computed whole, minus all lines ever issued for it.
 * `stages` say what it comes to step by step as causes are added, the last one with all that is known, so that
 * each difference stands under its cause. Where nothing changed there is no line.
 */
export function adjustmentLines(
  original: { period: string; version: number },
  issued: readonly LineFigures[],
  stages: readonly Restated[],
): AdjustmentLine[] {
  let before = issued;
  return stages.flatMap(({ lines, cause, reference }) => {
    const differences = lineDifferences(lines, before);
    before = lines;
    return differences.map(({ kind, ...figures }): AdjustmentLine => ({
      kind: 'adjustment',
      originalPeriod: original.period,
      version: original.version,
      originalKind: kind,
      cause,
      reference,
      ...figures,
    }));
  });
}

/** The adjustment that carries conceded money. */
export function concessionLine(
  { disputeId, period, direction, payer, amount }: ConcededMoney,
  version: number,
  currency: string,
): AdjustmentLine {
  const exponent = currencyExponent(currency);
  return {
    kind: 'adjustment',
    originalPeriod: period,
    version,
    originalKind: null,
    cause: 'dispute',
    reference: disputeId,
    direction,
    tier: null,
    bytes: null,
    quantity: formatDecimal(rational(amount, 10n ** BigInt(exponent)), exponent),
    unit: currency,
    unitPrice: '1',
    amount,
    payer,
    payee: counterpartyOf(payer),
  };
}

/** Charge by charge, `now` minus `before`; charges that came to the same are left out. */
export function lineDifferences(now: readonly LineFigures[], before: readonly LineFigures[]): LineFigures[] {
  return netCharges(now, before).filter(
    ({ bytes, quantity, amount }) => (bytes ?? 0n) !== 0n || quantity !== '0' || amount !== 0n,
  );
}

/**
 * Every charge that has lines on either side, in the order of lines, with what `plus` comes to minus `minus`.
 * Charges are the same when all but their figures is.
 */
export function netCharges(plus: readonly LineFigures[], minus: readonly LineFigures[] = []): LineFigures[] {
  const sums = new Map<string, { line: LineFigures; bytes: bigint; quantity: Rational; amount: bigint }>();
  for (const [lines, sign] of [
    [plus, 1n],
    [minus, -1n],
  ] as const) {
    for (const line of lines) {
      const key = chargeOf(line);
      const sum = sums.get(key) ?? { line, bytes: 0n, quantity: ZERO, amount: 0n };
      const quantity = parseDecimal(line.quantity);
      sum.bytes += sign * (line.bytes ?? 0n);
      sum.quantity = sign > 0n ? add(sum.quantity, quantity) : subtract(sum.quantity, quantity);
      sum.amount += sign * line.amount;
      sums.set(key, sum);
    }
  }
  return Array.from(sums.values(), ({ line, bytes, quantity, amount }) => ({
    ...figuresOf(line),
    bytes: line.bytes === null ? null : bytes,
    quantity: formatDecimal(quantity, 12),
    amount,
  })).sort(compareCharges);
}

/** The order of adjustments on a statement: by original period, cause, reference, then as lines are. */
export function compareAdjustments(a: AdjustmentLine, b: AdjustmentLine): number {
  return (
    compareTexts(a.originalPeriod, b.originalPeriod) ||
    ADJUSTMENT_CAUSES.indexOf(a.cause) - ADJUSTMENT_CAUSES.indexOf(b.cause) ||
    compareTexts(a.reference, b.reference) ||
    rankOf(a.originalKind) - rankOf(b.originalKind) ||
    compareWithinKind(a, b)
  );
}

/** The text that tells charges apart. */
export function chargeOf(line: LineFigures): string {
  const { kind, direction, tier, unit, unitPrice, payer } = line;
  return JSON.stringify([kind, direction, tier, unit, unitPrice, payer]);
}

function figuresOf(line: LineFigures): LineFigures {
  const { kind, direction, tier, bytes, quantity, unit, unitPrice, amount, payer, payee } = line;
  return { kind, direction, tier, bytes, quantity, unit, unitPrice, amount, payer, payee };
}

function compareCharges(a: LineFigures, b: LineFigures): number {
  return rankOf(a.kind) - rankOf(b.kind) || compareWithinKind(a, b);
}

type Charge = Omit<LineFigures, 'kind'>;

function compareWithinKind(a: Charge, b: Charge): number {
  return (
    directionRank(a.direction) - directionRank(b.direction) ||
    (a.tier ?? 0) - (b.tier ?? 0) ||
    compareTexts(a.payer, b.payer) ||
    compareTexts(a.unit, b.unit) ||
    compareTexts(a.unitPrice, b.unitPrice)
  );
}

/** Conceded money comes last. */
function rankOf(kind: LineKind | null): number {
  return kind === null ? LINE_KINDS.length : LINE_KINDS.indexOf(kind);
}

function directionRank(direction: FlowDirection | null): number {
  return direction === 'aToB' ? 0 : direction === 'bToA' ? 1 : 2;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
