import type { CellValue, ColumnDef, WriteSheet } from 'hucre';
import { writeXlsx } from 'hucre/xlsx';
import type { CreditView } from '../../settlement/index.js';
import type { Copy, CreditSummary } from '../rules/copy.js';
import { linesOf, type StatementModel } from '../rules/statement-model.js';
import { creditColumns, creditRow } from './xlsx-credits.js';
import { HEAD, moneyFormat, numberCell, textCell } from './xlsx-cells.js';

/**
 * A statement as a workbook: summary, lines, reconciliation, and in a party's own copy its credits, as far as
 * they are given. Money, quantities and prices are numbers, bytes are text: a spreadsheet would round them.
 */
export async function renderXlsx(copy: Copy, credits: readonly CreditView[]): Promise<Buffer> {
  const { model } = copy;
  const issuedAt = new Date(model.statement.issuedAt);
  const workbook = await writeXlsx({
    sheets: [
      summarySheet(copy),
      linesSheet(model),
      reconciliationSheet(model),
      ...(copy.viewer && credits.length > 0 ? [creditsSheet(credits)] : []),
    ],
    properties: {
      title: model.statement.number,
      creator: 'peerledger',
      created: issuedAt,
      modified: issuedAt,
    },
  });
  return Buffer.from(workbook);
}

/** A sheet whose first row is a head that stays in sight. */
function table(name: string, columns: ColumnDef[], rows: CellValue[][]): WriteSheet {
  const head = columns.map(({ header }) => header ?? null);
  const cells = new Map(head.map((value, column) => [`0,${column}`, { value, style: HEAD }]));
  return {
    name,
    // Without a header of their own: the head is the first row, styled cell by cell.
    columns: columns.map(({ header: _, ...column }) => column),
    rows: [head, ...rows],
    cells,
    freezePane: { rows: 1 },
    pageSetup: { orientation: 'landscape', fitToPage: true, fitToWidth: 1, fitToHeight: 0 },
  };
}

function summarySheet({ model, viewer }: Copy): WriteSheet {
  const { statement, parties } = model;
  const amounts: [string, string][] = [
    [`Payable by ${statement.partyA}`, statement.payableByA],
    [`Payable by ${statement.partyB}`, statement.payableByB],
    ['Net of the period', statement.net.amount],
    [`Opening balance (positive: ${statement.partyA} owes)`, statement.openingBalance],
    [`Payments since (positive: by ${statement.partyA})`, statement.paymentsSince],
    [`Closing balance (positive: ${statement.partyA} owes)`, statement.closingBalance],
  ];
  const texts: [string, string | null][] = [
    ['Statement', statement.number],
    ['Agreement', `${statement.agreement}, version ${statement.version}`],
    ['Party A', `${parties.A.name} (${parties.A.code})`],
    ['Party B', `${parties.B.name} (${parties.B.code})`],
    ['Period', statement.period],
    ['From', statement.periodStartLocal],
    ['To', statement.periodEndLocal],
    ['Timezone', statement.timezone],
    ['Issued at', statement.issuedAt],
    ['Acceptance due', statement.acceptanceDue],
    ['Payment due', statement.paymentDue],
    ['Disputable until', statement.disputableUntil],
    ['Currency', statement.currency],
    ['Paid by', statement.net.payer],
    ['Paid to', statement.net.payee],
    ['SHA-256', statement.sha256],
    ['SHA-256 of the statement before', statement.previousSha256],
    ['Note', statement.notice],
  ];
  const rows: SummaryRow[] = [
    ...texts.map(([name, text]): SummaryRow => ({ name, value: textCell(text) })),
    ...amounts.map(([name, amount]) => moneyRow(name, amount, statement.currency)),
    ...(viewer ? creditRows(viewer.credits) : []),
  ];
  const sheet = table(
    'Summary',
    [
      { header: 'What', width: 48 },
      { header: 'Value', width: 70 },
    ],
    rows.map(({ name, value }) => [name, value]),
  );
  rows.forEach(({ value, numFmt }, index) => {
    const style = { ...(numFmt && { numFmt }), alignment: { horizontal: 'left' as const } };
    sheet.cells!.set(`${1 + index},1`, { value, style });
  });
  return sheet;
}

/** What is said of the statement in one row, in the form of its currency where it is money. */
interface SummaryRow {
  name: string;
  value: CellValue;
  numFmt?: string;
}

function moneyRow(name: string, amount: string, currency: string): SummaryRow {
  return { name, value: numberCell(amount), numFmt: moneyFormat(currency) };
}

/** What the reader's own customers get. */
function creditRows({ count, amount, currency, bytes, unpricedBytes, ...rest }: CreditSummary): SummaryRow[] {
  return [
    { name: 'Credits to own customers', value: count },
    moneyRow(`Credited in ${currency}`, amount, currency),
    { name: 'Bytes credited', value: bytes },
    { name: 'Bytes without a price yet', value: unpricedBytes },
    ...rest.sinceAgreementBegan.map((saved) =>
      moneyRow(`Saved in ${saved.currency} since the agreement began`, saved.amount, saved.currency),
    ),
  ];
}

function linesSheet(model: StatementModel): WriteSheet {
  const numFmt = moneyFormat(model.statement.currency);
  return table(
    'Lines',
    [
      { header: 'Kind', width: 20 },
      { header: 'Direction', width: 10 },
      { header: 'Version', width: 8 },
      { header: 'Tier', width: 6 },
      { header: 'Bytes', width: 22 },
      { header: 'Quantity', width: 18 },
      { header: 'Unit', width: 8 },
      { header: 'Unit price', width: 14 },
      { header: 'Amount', width: 18, numFmt },
      { header: 'Currency', width: 9 },
      { header: 'Payer', width: 18 },
      { header: 'Payee', width: 18 },
      { header: 'Original period', width: 15 },
      { header: 'Cause', width: 14 },
      { header: 'Reference', width: 38 },
      { header: 'Line id', width: 38 },
    ],
    linesOf(model).map((line) => [
      line.kind,
      line.direction,
      line.version,
      line.tier,
      line.bytes,
      numberCell(line.quantity),
      line.unit,
      numberCell(line.unitPrice),
      numberCell(line.amount),
      model.statement.currency,
      line.payer,
      line.payee,
      line.originalPeriod,
      textCell(line.cause),
      textCell(line.reference),
      line.id,
    ]),
  );
}

function reconciliationSheet({ statement, days }: StatementModel): WriteSheet {
  const flows = ['aToB', 'bToA'] as const;
  const totals = flows.map((flow): CellValue[] => {
    const { sender, receiver, difference } = statement.declaredBytes[flow];
    return [
      'Period',
      flow,
      sender,
      receiver,
      difference,
      statement.settledBytes[flow],
      statement.discrepancyBytes[flow],
      statement.zeroRatedBytes[flow],
    ];
  });
  const daily = days.flatMap((day) =>
    flows.map((flow): CellValue[] => {
      const { sender, receiver, settled } = day.flows[flow];
      return [
        day.date,
        flow,
        sender,
        receiver,
        String(BigInt(sender) - BigInt(receiver)),
        settled,
        null,
        null,
      ];
    }),
  );
  const counts = Object.entries(statement.counts.buckets).map(([status, count]): CellValue[] => [
    `Buckets ${status}`,
    count,
  ]);
  const records = Object.entries(statement.counts.records).map(([party, count]): CellValue[] => [
    `Records of ${party}`,
    count,
  ]);
  const width = 22;
  return table(
    'Reconciliation',
    [
      { header: 'Day', width: 24 },
      { header: 'Direction', width: 12 },
      { header: 'Sender’s bytes', width },
      { header: 'Receiver’s bytes', width },
      { header: 'Difference', width },
      { header: 'Settled bytes', width },
      { header: 'Discrepancy', width },
      { header: 'Zero-rated bytes', width },
    ],
    [...totals, ...daily, ...counts, ...records],
  );
}

function creditsSheet(credits: readonly CreditView[]): WriteSheet {
  return table('Credits', creditColumns(credits[0]!.currency), credits.map(creditRow));
}
