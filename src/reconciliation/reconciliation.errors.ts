import { defineProblems } from '../platform/problems/index.js';

export const reconciliationProblems = defineProblems({
  bucket_agreed: { status: 409, title: 'Bytes of the bucket are agreed' },
  terms_in_agreed_period: { status: 409, title: 'Terms would reach into a period with agreed bytes' },
});
