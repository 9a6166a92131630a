import { defineProblems } from '../platform/problems/index.js';

export const agreementProblems = defineProblems({
  unknown_agreement: { status: 404, title: 'Unknown agreement' },
  version_not_found: { status: 404, title: 'Version not found' },
  agreement_exists: { status: 409, title: 'Agreement code is taken' },
  agreement_not_in_force: { status: 409, title: 'Agreement is not in force' },
  not_a_party: { status: 403, title: 'Not a party of the agreement' },
  unknown_provider: { status: 422, title: 'Unknown provider' },
  invalid_agreement: { status: 422, title: 'Agreement makes no sense' },
  invalid_terms: { status: 422, title: 'Terms make no sense' },
  agreement_terminated: { status: 409, title: 'Agreement has ended' },
  suspended_by_other: { status: 403, title: 'Suspended by somebody else' },
  version_hash_mismatch: { status: 409, title: 'Another document was accepted' },
  version_not_current: { status: 409, title: 'Not the current proposal' },
});
