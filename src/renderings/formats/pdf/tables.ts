import type { Content } from './pdfmake.js';
import { describe } from '../../rules/focus-charges.js';
import { linesOf, type StatementModel } from '../../rules/statement-model.js';

/** A space that no line breaks at: digits of a number stay together, and are found as one in the text. */
const THIN = '\u202f';

/** A whole or decimal number with its digits in threes before the point. */
export function grouped(decimal: string): string {
  const [whole, part] = decimal.split('.') as [string, string | undefined];
  const spaced = whole.replace(/\B(?=(\d{3})+$)/g, THIN);
  return part === undefined ? spaced : `${spaced}.${part}`;
}

/** Codes and ids may be longer than their column and have no place to break at. */
export function breakable(text: string): Content {
  return { text, wordBreak: 'break-all' };
}

const number = (text: string | null): Content => ({
  text: text === null ? '' : grouped(text),
  alignment: 'right',
});

/**
 * A table under a heading, both repeated on each page, so that no heading is without a row below it; rows are never
 * cut in two.
 */
export function table(
  heading: string,
  heads: readonly { text: string; width: number | '*'; right?: boolean }[],
  rows: Content[][],
): Content {
  return {
    table: {
      headerRows: 2,
      keepWithHeaderRows: 1,
      dontBreakRows: true,
      widths: heads.map(({ width }) => width),
      body: [
        [{ text: heading, style: 'section', colSpan: heads.length }, ...heads.slice(1).map(() => '')],
        heads.map(({ text, right }) => ({ text, style: 'head', alignment: right ? 'right' : 'left' })),
        ...rows,
      ],
    },
    layout: 'statement',
    style: 'table',
  };
}

/** What both sides measured, and what came of it. */
export function trafficTable({ statement, parties }: StatementModel): Content {
  const rows = (['aToB', 'bToA'] as const).map((flow): Content[] => {
    const { sender, receiver, difference } = statement.declaredBytes[flow];
    const [from, to] = flow === 'aToB' ? [parties.A, parties.B] : [parties.B, parties.A];
    return [
      breakable(`${from.code} to ${to.code}`),
      ...[sender, receiver, difference, statement.settledBytes[flow], statement.zeroRatedBytes[flow]].map(
        number,
      ),
    ];
  });
  const right = { width: 82, right: true };
  return table(
    'Traffic',
    [
      { text: 'Bytes', width: '*' },
      { text: 'Sender', ...right },
      { text: 'Receiver', ...right },
      { text: 'Difference', ...right },
      { text: 'Settled', ...right },
      { text: 'Zero-rated', ...right },
    ],
    rows,
  );
}

/** Every line, and what each party pays by them. */
export function linesTable(model: StatementModel): Content {
  const { statement } = model;
  const rows = linesOf(model).map((line, index): Content[] => [
    { text: String(index + 1), alignment: 'right' },
    describe(line),
    number(line.bytes),
    { text: `${grouped(line.quantity)} ${line.unit}`, alignment: 'right' },
    number(line.unitPrice),
    number(line.amount),
    breakable(line.payer),
  ]);
  const total = (party: string, amount: string): Content[] => [
    { text: `Payable by ${party}`, colSpan: 5, bold: true, alignment: 'right' },
    '',
    '',
    '',
    '',
    { text: grouped(amount), alignment: 'right', bold: true },
    { text: statement.currency, bold: true },
  ];
  return table(
    'Charges',
    [
      { text: 'No.', width: 22, right: true },
      { text: 'Charge', width: '*' },
      { text: 'Bytes', width: 82, right: true },
      { text: 'Quantity', width: 98, right: true },
      { text: 'Price', width: 44, right: true },
      { text: `Amount ${statement.currency}`, width: 72, right: true },
      { text: 'Paid by', width: 48 },
    ],
    [...rows, total(statement.partyA, statement.payableByA), total(statement.partyB, statement.payableByB)],
  );
}

/** Disputes that were open at the issue; nothing where there were none. */
export function disputesPart({ statement }: StatementModel): Content[] {
  if (statement.openDisputes.length === 0) return [];
  const rows = statement.openDisputes.map((dispute): Content[] => {
    const { disputedAmount, withheldAmount, ...rest } = dispute;
    const what = Object.entries(rest)
      .filter(([, value]) => value !== null)
      .map(
        ([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
      );
    return [breakable(what.join(', ')), number(disputedAmount), number(withheldAmount)];
  });
  const right = { width: 90, right: true };
  return [
    table(
      'Open disputes',
      [
        { text: 'Dispute', width: '*' },
        { text: 'Disputed', ...right },
        { text: 'Withheld', ...right },
      ],
      rows,
    ),
  ];
}
