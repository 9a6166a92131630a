import { defineProblems } from '../platform/problems/index.js';

/** What can be wrong with a caller. */
export const accessProblems = defineProblems({
  unauthenticated: { status: 401, title: 'No valid API key was sent' },
  insufficient_scope: { status: 403, title: 'The API key does not allow this' },
});
