import type { Agreement, FlowDirection } from '../../agreements/index.js';
import { formatAmount } from '../../money/index.js';
import type { Rating } from '../../rating/index.js';
import { partyCode, statementLine, type StatementLine } from './statement-document.js';

/** What a period comes to under some terms. */
export interface PricedPeriod {
  zeroRatedBytes: Record<FlowDirection, string>;
  lines: (Omit<StatementLine, 'version'> & { version: number | null })[];
  payableByA: string;
  payableByB: string;
  net: { amount: string; payer: string | null; payee: string | null };
}

/** A period under its own terms and under others, and what the others would change. */
export interface SimulatedPeriod {
  period: string;
  currency: string;
  settledBytes: Record<FlowDirection, string>;
  /** The statement that was issued; null while the period is open. */
  statement: { id: string; number: string } | null;
  actual: PricedPeriod;
  simulated: PricedPeriod;
  /** Simulated minus actual, signed; `net` is positive where A would owe B more. */
  difference: {
    zeroRatedBytes: Record<FlowDirection, string>;
    payableByA: string;
    payableByB: string;
    net: string;
  };
}

/** Sets both ratings of a period side by side. */
export function simulatedPeriod(input: {
  agreement: Agreement;
  period: string;
  settledBytes: Record<FlowDirection, bigint>;
  statement: SimulatedPeriod['statement'];
  version: number;
  actual: Rating;
  simulated: Rating;
}): SimulatedPeriod {
  const { agreement, period, settledBytes, statement, version, actual, simulated } = input;
  const money = (amount: bigint): string => formatAmount(amount, agreement.currency);
  const byA = simulated.payableByA - actual.payableByA;
  const byB = simulated.payableByB - actual.payableByB;
  return {
    period,
    currency: agreement.currency,
    settledBytes: byFlow((direction) => settledBytes[direction]),
    statement,
    actual: pricedPeriod(actual, agreement, version),
    simulated: pricedPeriod(simulated, agreement, null),
    difference: {
      zeroRatedBytes: byFlow(
        (direction) => simulated.zeroRatedBytes[direction] - actual.zeroRatedBytes[direction],
      ),
      payableByA: money(byA),
      payableByB: money(byB),
      net: money(byA - byB),
    },
  };
}

function pricedPeriod(rating: Rating, agreement: Agreement, version: number | null): PricedPeriod {
  const { zeroRatedBytes, lines, payableByA, payableByB, net } = rating;
  const money = (amount: bigint): string => formatAmount(amount, agreement.currency);
  return {
    zeroRatedBytes: byFlow((direction) => zeroRatedBytes[direction]),
    lines: lines.map((line) => statementLine(line, agreement, version)),
    payableByA: money(payableByA),
    payableByB: money(payableByB),
    net: {
      amount: money(net.amount),
      payer: net.payer && partyCode(agreement, net.payer),
      payee: net.payee && partyCode(agreement, net.payee),
    },
  };
}

function byFlow(of: (direction: FlowDirection) => bigint): Record<FlowDirection, string> {
  return { aToB: String(of('aToB')), bToA: String(of('bToA')) };
}
