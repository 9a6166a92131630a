import { defineProblems } from '../platform/problems/index.js';

export const settlementProblems = defineProblems({
  period_not_ended: { status: 409, title: 'Period has not ended' },
  before_cut_off: { status: 409, title: 'Before the cut-off' },
  cannot_simulate: { status: 422, title: 'Terms cannot price these periods' },
  line_not_found: { status: 404, title: 'Statement line not found' },
  statement_not_found: { status: 404, title: 'Statement not found' },
});
