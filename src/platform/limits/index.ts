export { Quota, type Allowance, type SharedCounter } from './quota.js';
export { Counters } from './counters.js';
