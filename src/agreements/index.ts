export type * from './rules/terms.js';
export { FLOW_DIRECTIONS } from './rules/terms.js';
