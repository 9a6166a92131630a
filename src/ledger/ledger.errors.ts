import { defineProblems } from '../platform/problems/index.js';

export const ledgerProblems = defineProblems({
  ledger_source_conflict: { status: 409, title: 'The source document is already posted with other content' },
  ledger_document_invalid: { status: 500, title: 'The postings of a document do not hold together' },
});
