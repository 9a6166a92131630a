export {
  bucketEndAt,
  bucketGrid,
  bucketIndexAt,
  bucketStarts,
  type BucketGrid,
  type BucketSize,
} from './rules/buckets.js';
export { cutOffOf, daysOf, endOfLocalDayAfter } from './rules/calendar.js';
export { formatInstant, formatLocal, isInstant, isWholeSecond, parseInstant } from './rules/instant.js';
export {
  addMonths,
  comparePeriods,
  isPeriod,
  isTimezone,
  nextPeriod,
  periodBounds,
  periodOf,
  periodsBetween,
  previousPeriod,
  type Instant,
  type Period,
} from './rules/period.js';
export { splitBytes } from './rules/split.js';
