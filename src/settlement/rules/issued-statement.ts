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
