import { defineProblems } from '../platform/problems/index.js';

export const disputeProblems = defineProblems({
  dispute_not_found: { status: 404, title: 'Dispute not found' },
  invalid_dispute: { status: 422, title: 'Dispute makes no sense' },
  invalid_resolution: { status: 422, title: 'Resolution makes no sense' },
  no_discrepancy: { status: 422, title: 'Both sides agree on the bucket' },
  nothing_disputed: { status: 422, title: 'The claim is what the statement says' },
  dispute_below_minimum: { status: 422, title: 'Below the minimum dispute amount' },
  already_disputed: { status: 409, title: 'The party disputes it already' },
  dispute_closed: { status: 409, title: 'Dispute has ended' },
  dispute_lapsed: { status: 409, title: 'Dispute is time-barred' },
  no_proposal: { status: 409, title: 'Nothing is proposed' },
  own_proposal: { status: 409, title: 'No party resolves alone' },
  not_the_raiser: { status: 403, title: 'Raised by the other party' },
  too_many_proposals: { status: 409, title: 'Too many proposals' },
});
