import { stringify } from 'csv-stringify/sync';
import { canonicalStatement } from '../../settlement/rules/issued-statement.js';
import { inertCell } from './inert-cell.js';
import { linesOf, type StatementModel } from './statement-model.js';

/** Canonical JSON (RFC 8785); without `id`, the lines' ids and `sha256` it is what the hash covers. */
export function renderJson({ statement }: StatementModel): Buffer {
  return Buffer.from(canonicalStatement(statement));
}

const LINE_COLUMNS = [
  'id',
  'kind',
  'direction',
  'version',
  'tier',
  'bytes',
  'quantity',
  'unit',
  'unitPrice',
  'amount',
  'payer',
  'payee',
  'currency',
  'originalPeriod',
  'cause',
  'reference',
] as const;

/** The lines as CSV (RFC 4180), each with the statement's number, period and currency. */
export function renderCsv(model: StatementModel): Buffer {
  const { number, agreement, period, currency } = model.statement;
  const rows = linesOf(model).map((line) => ({
    number,
    agreement,
    period,
    ...line,
    currency,
    cause: inertCell(line.cause),
    reference: inertCell(line.reference),
  }));
  const columns = ['number', 'agreement', 'period', ...LINE_COLUMNS];
  return Buffer.from(stringify(rows, { header: true, columns, record_delimiter: '\r\n' }));
}
