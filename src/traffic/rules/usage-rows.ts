import type { UsageTotals } from './usage.js';

/** Usage as rows of the tables in which it is staged, in the text format of COPY. */
export interface UsageRows {
  buckets: Uint8Array<ArrayBuffer>;
  customers: Uint8Array<ArrayBuffer>;
  periods: Uint8Array<ArrayBuffer>;
  changes: Uint8Array<ArrayBuffer>;
  terms: Uint8Array<ArrayBuffer>;
}

/** Writes usage for the tables of `sql/prepare-usage.ts`. */
export function usageRows({ buckets, customers, records, changes, judging }: UsageTotals): UsageRows {
  return {
    buckets: rowsOf(buckets, (sum) => [
      sum.period,
      sum.direction,
      new Date(sum.bucketStart).toISOString(),
      sum.sourceRegion,
      sum.destinationRegion,
      sum.service,
      sum.side,
      sum.bytes,
      sum.records,
    ]),
    customers: rowsOf(customers, (sum) => [
      sum.period,
      sum.direction,
      sum.customer,
      new Date(sum.priceFrom).toISOString(),
      sum.region,
      sum.unit,
      sum.unitPrice,
      sum.zeroRatable,
      sum.bytes,
      sum.records,
    ]),
    periods: rowsOf([...records], (row) => row),
    changes: rowsOf(changes, (change) => [change.period, change.direction, change.cause, change.records]),
    terms: rowsOf([...judging], ([period, terms]) => [
      period,
      terms.absoluteBytes,
      terms.ppm,
      terms.settledBytesRule,
      terms.mismatchRule,
      terms.oneSided,
    ]),
  };
}

type Cell = string | number | bigint | boolean;

function rowsOf<Row>(rows: readonly Row[], cellsOf: (row: Row) => readonly Cell[]): Uint8Array<ArrayBuffer> {
  const text = rows.map((row) => `${cellsOf(row).map(escaped).join('\t')}\n`).join('');
  return Uint8Array.from(Buffer.from(text, 'utf8'));
}

/** PostgreSQL's documentation of COPY, "Text Format". */
function escaped(cell: Cell): string {
  return typeof cell === 'string' && /[\\\t\n\r]/.test(cell)
    ? cell.replace(/[\\\t\n\r]/g, (each) => ESCAPES[each]!)
    : String(cell);
}

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
