/** The first thing that is wrong, and where. */
export interface IntegrityProblem {
  /** What was being checked. */
  check: 'ledger' | 'statements' | 'disputes' | 'renderings' | 'ledger_heads' | 'kept_heads' | 'audit_log';
  /** Code of the agreement, or its id where it has none; null for the audit log. */
  agreement: string | null;
  /** Code of the provider whose book or audit chain it is; null where it is of no one book, or the operator's chain. */
  book: string | null;
  /** The transaction in that book's chain, or the event in the audit chain; null where none can be named. */
  sequence: string | null;
  what: string;
}

export interface IntegrityReport {
  counts: {
    agreements: number;
    transactions: number;
    entries: number;
    statements: number;
    disputeSteps: number;
    renderings: number;
    ledgerHeads: number;
    auditEvents: number;
  };
  firstProblem: IntegrityProblem | null;
}
