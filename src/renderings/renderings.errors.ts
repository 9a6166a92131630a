import { defineProblems } from '../platform/problems/index.js';

export const renderingProblems = defineProblems({
  statement_not_void: { status: 409, title: 'Statement is not void' },
  rendering_not_found: { status: 404, title: 'Rendering not found' },
});
