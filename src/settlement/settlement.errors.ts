import { defineProblems } from '../platform/problems/index.js';

export const settlementProblems = defineProblems({
  period_not_ended: { status: 409, title: 'Period has not ended' },
  before_cut_off: { status: 409, title: 'Before the cut-off' },
  nothing_to_close: { status: 409, title: 'Nothing to close' },
  cannot_simulate: { status: 422, title: 'Terms cannot price these periods' },
  line_not_found: { status: 404, title: 'Statement line not found' },
  statement_not_found: { status: 404, title: 'Statement not found' },
  signature_invalid: { status: 422, title: 'Signature cannot be taken' },
  statement_not_latest: { status: 409, title: 'Not the latest statement' },
  statement_void: { status: 409, title: 'Statement is void' },
  statement_settled: { status: 409, title: 'Statement is settled' },
  statement_disputed: { status: 409, title: 'Statement is disputed' },
  statement_not_disputed: { status: 409, title: 'Statement is not disputed' },
  statement_not_accepted: { status: 409, title: 'Statement is not accepted' },
  statement_not_settled: { status: 409, title: 'Statement is not settled' },
  accepted_by_party: { status: 409, title: 'Accepted by the party itself' },
  acceptance_not_due: { status: 409, title: 'Acceptance is not due' },
  dispute_window_over: { status: 409, title: 'Dispute window is over' },
});
