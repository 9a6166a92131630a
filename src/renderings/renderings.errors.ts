import { defineProblems } from '../platform/problems/index.js';

export const renderingProblems = defineProblems({
  rendering_not_found: { status: 404, title: 'Rendering not found' },
});
