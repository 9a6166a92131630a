import type { Agreement, Side } from '../../agreements/index.js';
import { parseAmount } from '../../money/index.js';
import type { LineFigures } from './adjustments.js';
import type { StatementDocument, StatementLine } from './statement-document.js';

/** An issued statement that is not void. */
export interface StandingDocument {
  period: string;
  document: StatementDocument;
}

/**
 * All charges ever issued for a period: the lines of its own statement and the adjustments of it on later ones,
 * but no money that was conceded (domain contract, section 9).
 */
export function issuedLines(
  standing: readonly StandingDocument[],
  period: string,
  agreement: Agreement,
): LineFigures[] {
  return standing.flatMap(({ period: own, document }) =>
    document.lines.flatMap((line): LineFigures[] => {
      if (line.kind !== 'adjustment') return own === period ? [figuresOf(line, line.kind, agreement)] : [];
      if (line.originalPeriod !== period || !line.originalKind) return [];
      return [figuresOf(line, line.originalKind, agreement)];
    }),
  );
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
