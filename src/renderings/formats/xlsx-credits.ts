import type { CellValue, ColumnDef } from 'hucre';
import { writeXlsxStream, XLSX_MAX_ROWS_PER_SHEET } from 'hucre/xlsx';
import type { CreditView } from '../../settlement/index.js';
import { HEAD, moneyFormat, numberCell, textCell } from './xlsx-cells.js';

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
  maxRowsPerSheet = XLSX_MAX_ROWS_PER_SHEET,
): AsyncGenerator<Uint8Array> {
  const head = creditColumns(currency);
  const columns = head.map(({ header: _, ...column }) => column);
  const rows = async function* (): AsyncGenerator<CellValue[]> {
    yield* headRow(head, columns);
    let onSheet = 1;
    for await (const page of pages) {
      for (const credit of page) {
        if (onSheet === maxRowsPerSheet) {
          yield* headRow(head, columns);
          onSheet = 1;
        }
        yield creditRow(credit);
        onSheet++;
      }
    }
  };
  yield* writeXlsxStream(rows(), {
    name: 'Credits',
    columns,
    freezePane: { rows: 1 },
    maxRowsPerSheet,
    repeatHeaders: false,
  });
}

/**
 * The head of a sheet in its style. The writer knows styles of columns only, and writes a row before it asks for the
 * next one: so the columns have the head's style for as long as the head is the row.
 */
function* headRow(head: readonly ColumnDef[], columns: ColumnDef[]): Generator<CellValue[]> {
  for (const column of columns) column.style = HEAD;
  yield head.map(({ header }) => header ?? null);
  for (const column of columns) delete column.style;
}
