/** The first thing that is wrong, and where. */
export interface IntegrityProblem {
  /** What was being checked. */
  check: 'ledger' | 'statements' | 'ledger_heads' | 'kept_heads';
  /** Code of the agreement, or its id where it has none. */
  agreement: string;
  /** Code of the provider whose book it is; null where it is of no one book. */
  book: string | null;
  /** The transaction in that book's chain; null where none can be named. */
  sequence: string | null;
  what: string;
}

export interface IntegrityReport {
  counts: {
    agreements: number;
    transactions: number;
    entries: number;
    statements: number;
    ledgerHeads: number;
  };
  firstProblem: IntegrityProblem | null;
}
