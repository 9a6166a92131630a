export { creditAmount, shareCredits, type CreditClaim, type CreditShare } from './rules/credits.js';
export { LINE_KINDS, compareLines, type LineKind, type LineUnit, type RatedLine } from './rules/line.js';
export { percentile95Mbps, percentileRank, type RateSample } from './rules/percentile.js';
export { rate, type RatedTerms, type RatedUsage, type Rating } from './rules/rate.js';
export { allowanceBytes } from './rules/zero-rating.js';
