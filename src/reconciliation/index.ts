export type { BucketStatus, ComparedBucket } from './rules/compare-bucket.js';
export { BUCKET_STATUSES } from './rules/compare-bucket.js';
export { bucketName, type AgreedBucket, type AgreedBytes, type BucketKey } from './rules/agreed-bytes.js';
export type { Reconciliation } from './rules/reconcile.js';
export type { DirectionTotals, ScopeSum } from './rules/scope-sums.js';
export { bucketsCsv } from './rules/bucket-csv.js';
export { bucketPage, bucketPosition, rankedDiscrepancyPosition } from './http/bucket-page.js';
export { BucketPage, BucketView, showBucket, StatusCountsView } from './http/reconciliation.dto.js';
export { reconciliationProblems } from './reconciliation.errors.js';
export { ReconciliationModule } from './reconciliation.module.js';
export {
  discrepancyPositionOf,
  type BucketPosition,
  type DiscrepancyPosition,
} from './rules/bucket-position.js';
export {
  ReconciliationService,
  type DailyTraffic,
  type PeriodReconciliation,
  type ReplayedPeriod,
  type SettledSample,
  type SettledPeriod,
} from './reconciliation.service.js';
