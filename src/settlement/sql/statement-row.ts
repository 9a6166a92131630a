/** A stored statement; `document` is the canonical text that was hashed. */
export interface StatementRow {
  id: string;
  agreementId: string;
  sequence: number;
  period: string;
  state: string;
  issuedAt: Date;
  document: string;
  sha256: string;
  closingBalance: string;
  lineIds: string[];
}

/** Columns that make a {@link StatementRow}; expects `statements s`. */
export const STATEMENT_COLUMNS = `
  s.id, s.agreement_id AS "agreementId", s.sequence, s.period, s.state, s.issued_at AS "issuedAt", s.document,
  s.sha256, s.closing_balance AS "closingBalance",
  ARRAY(SELECT l.id FROM statement_lines l
         WHERE l.agreement_id = s.agreement_id AND l.statement_id = s.id
         ORDER BY l.position) AS "lineIds"`;
