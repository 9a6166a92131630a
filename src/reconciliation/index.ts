export type { BucketStatus, ComparedBucket } from './rules/compare-bucket.js';
export { BUCKET_STATUSES } from './rules/compare-bucket.js';
export type { DirectionTotals, Reconciliation } from './rules/reconcile.js';
export { bucketName, type AgreedBytes, type BucketKey } from './rules/agreed-bytes.js';
export { bucketPage } from './http/bucket-page.js';
export { BucketPage } from './http/reconciliation.dto.js';
export { ReconciliationModule } from './reconciliation.module.js';
export { ReconciliationService, type PeriodReconciliation } from './reconciliation.service.js';
