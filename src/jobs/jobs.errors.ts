import { defineProblems } from '../platform/problems/index.js';

export const jobProblems = defineProblems({
  job_not_found: { status: 404, title: 'Job not found' },
});
