export { Problem, defineProblems, problemCatalogue } from './problem.js';
export type { FieldError, ProblemDefinition, ProblemExtras } from './problem.js';
