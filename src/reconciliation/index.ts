export type { BucketStatus, ComparedBucket } from './rules/compare-bucket.js';
export { BUCKET_STATUSES } from './rules/compare-bucket.js';
export { bucketName, type AgreedBucket, type AgreedBytes, type BucketKey } from './rules/agreed-bytes.js';
export type { Reconciliation } from './rules/reconcile.js';
export type { DirectionTotals, ScopeSum } from './rules/scope-sums.js';
export { bucketPage, bucketPosition } from './http/bucket-page.js';
export { BucketPage } from './http/reconciliation.dto.js';
export { reconciliationProblems } from './reconciliation.errors.js';
export { ReconciliationModule } from './reconciliation.module.js';
export type { BucketPosition } from './sql/list-buckets.js';
export type { DiscrepancyPosition } from './sql/list-discrepancies.js';
export {
  ReconciliationService,
  type DailyTraffic,
  type PeriodReconciliation,
  type ReplayedPeriod,
  type SettledSample,
  type SettledPeriod,
} from './reconciliation.service.js';
