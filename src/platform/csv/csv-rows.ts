import { stringify } from 'csv-stringify/sync';

/**
 * Rows as CSV (RFC 4180); what a row has in an object stands in columns such as `source_kind`. The columns are named
 * beforehand, so that they are the same on every page of a list, and are there where no row is.
 */
export function csvOf(rows: readonly object[], columns: readonly string[], header: boolean): string {
  return stringify(rows.map(flatten), { header, columns: [...columns], record_delimiter: '\r\n' });
}

function flatten(row: object): Record<string, unknown> {
  const pairs = Object.entries(row).flatMap(([name, value]): [string, unknown][] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value as object).map(([inner, each]) => [`${name}_${inner}`, each])
      : [[name, value]],
  );
  return Object.fromEntries(pairs);
}
