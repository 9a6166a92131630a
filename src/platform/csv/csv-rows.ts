import { stringify } from 'csv-stringify/sync';

/** Rows as CSV (RFC 4180); a member that is an object becomes columns such as `source_kind`. */
export function csvOf(rows: readonly object[], header: boolean): string {
  const flat = rows.map((row) => flatten(row));
  return stringify(flat, { header: header && flat.length > 0, record_delimiter: '\r\n' });
}

function flatten(row: object): Record<string, unknown> {
  const pairs = Object.entries(row).flatMap(([name, value]): [string, unknown][] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value as object).map(([inner, each]) => [`${name}_${inner}`, each])
      : [[name, value]],
  );
  return Object.fromEntries(pairs);
}
