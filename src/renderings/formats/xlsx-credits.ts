import type { CellValue, ColumnDef } from 'hucre';
import { writeXlsxStream } from 'hucre/xlsx';
import type { CreditView } from '../../settlement/index.js';
import { moneyFormat, numberCell, textCell } from './xlsx-cells.js';

/** The columns of credits; a sheet's amounts are in one currency, the provider's. */
export function creditColumns(currency: string): ColumnDef[] {
  return [
    { header: 'Customer', width: 28 },
    { header: 'Direction', width: 10 },
    { header: 'Side', width: 10 },
    { header: 'Bytes', width: 22 },
    { header: 'Unit', width: 8 },
    { header: 'Unit price', width: 14 },
    { header: 'Price from', width: 22 },
    { header: 'Region', width: 16 },
    { header: 'Amount', width: 16, numFmt: moneyFormat(currency) },
    { header: 'Currency', width: 9 },
    { header: 'State', width: 10 },
    { header: 'Period', width: 9 },
    { header: 'Credit id', width: 38 },
    { header: 'Refers to', width: 38 },
  ];
}

export function creditRow(credit: CreditView): CellValue[] {
  return [
    textCell(credit.customer),
    credit.direction,
    credit.side,
    credit.bytes,
    credit.unit,
    numberCell(credit.unitPrice),
    credit.priceFrom,
    textCell(credit.region),
    numberCell(credit.amount),
    credit.currency,
    credit.state,
    credit.period,
    credit.id,
    credit.refersTo,
  ];
}

/** Credits as a workbook of their own, written while they are read: memory does not grow with their number. */
export async function* creditsWorkbook(
  pages: AsyncIterable<CreditView[]>,
  currency: string,
): AsyncGenerator<Uint8Array> {
  const rows = async function* (): AsyncGenerator<CellValue[]> {
    for await (const page of pages) yield* page.map(creditRow);
  };
  const stream = writeXlsxStream(rows(), {
    name: 'Credits',
    columns: creditColumns(currency),
    freezePane: { rows: 1 },
  });
  yield* stream;
}
