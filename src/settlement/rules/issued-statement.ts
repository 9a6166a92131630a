import canonicalize from 'canonicalize';
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

/**
 * The canonical JSON (RFC 8785) of a statement: its .json download, and what signatures are over. Without `id`,
 * the lines' ids and `sha256` it is what the hash covers.
 */
export function canonicalStatement(statement: IssuedStatement): string {
  return canonicalize(statement)!;
}
