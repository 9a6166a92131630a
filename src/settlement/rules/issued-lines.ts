import type { Agreement, Side } from '../../agreements/index.js';
import { parseAmount } from '../../money/index.js';
import type { LineFigures } from './adjustments.js';
import type { StatementDocument, StatementLine } from './statement-document.js';

/** An issued statement that is not void. */
export interface StandingDocument {
  period: string;
  document: StatementDocument;
}

/** All charges ever issued for a period, without money that was conceded (domain contract, section 9). */
export interface IssuedLines {
  /** On the period's own statement. */
  own: LineFigures[];
  /** By adjustments on later ones. */
  adjusted: LineFigures[];
}

export function issuedLines(
  standing: readonly StandingDocument[],
  period: string,
  agreement: Agreement,
): IssuedLines {
  const issued: IssuedLines = { own: [], adjusted: [] };
  for (const { period: own, document } of standing) {
    for (const line of document.lines) {
      if (line.kind !== 'adjustment') {
        if (own === period) issued.own.push(figuresOf(line, line.kind, agreement));
      } else if (line.originalPeriod === period && line.originalKind) {
        issued.adjusted.push(figuresOf(line, line.originalKind, agreement));
      }
    }
  }
  return issued;
}

function figuresOf(line: StatementLine, kind: LineFigures['kind'], agreement: Agreement): LineFigures {
  const { direction, tier, bytes, quantity, unit, unitPrice, amount, payer, payee } = line;
  return {
    kind,
    direction,
    tier,
    bytes: bytes === null ? null : BigInt(bytes),
    quantity,
    unit,
    unitPrice,
    amount: parseAmount(amount, agreement.currency),
    payer: sideOfCode(payer, agreement),
    payee: sideOfCode(payee, agreement),
  };
}

function sideOfCode(code: string, { partyA }: Agreement): Side {
  return code === partyA.code ? 'A' : 'B';
}
