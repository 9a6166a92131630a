import canonicalize from 'canonicalize';
import { stringify } from 'csv-stringify/sync';
import type { StatementDocument, StatementLine } from './statement-document.js';

/** What identifies an issued statement beside its document. */
export interface StatementIdentity {
  id: string;
  lineIds: readonly string[];
  sha256: string;
}

/** A statement as issued: its document, its ids and its hash. */
export type IssuedStatement = Omit<StatementDocument, 'lines'> & {
  id: string;
  lines: (StatementLine & { id: string })[];
  sha256: string;
};

export function issuedStatement(document: StatementDocument, identity: StatementIdentity): IssuedStatement {
  const lines = document.lines.map((line, index) => ({ id: identity.lineIds[index]!, ...line }));
  return { ...document, id: identity.id, lines, sha256: identity.sha256 };
}

/** Canonical JSON (RFC 8785); without `id`, the lines' ids and `sha256` it is what the hash covers. */
export function renderJson(statement: IssuedStatement): Buffer {
  return Buffer.from(canonicalize(statement)!);
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
] as const;

/** The lines as CSV (RFC 4180), each with the statement's number, period and currency. */
export function renderCsv(statement: IssuedStatement): Buffer {
  const { number, agreement, period, currency } = statement;
  const rows = statement.lines.map((line) => ({ number, agreement, period, ...line, currency }));
  const columns = ['number', 'agreement', 'period', ...LINE_COLUMNS, 'currency'];
  return Buffer.from(stringify(rows, { header: true, columns, record_delimiter: '\r\n' }));
}
