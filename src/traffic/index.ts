export type { BucketUsage } from './rules/usage.js';
export type { LateUsage } from './sql/list-late-usage.js';
export type { CustomerSum } from './sql/read-customer-usage.js';
export { recordPage, recordPosition } from './http/record-page.js';
export { TrafficRecordPage } from './http/records.dto.js';
export type { RecordListing, RecordPosition } from './sql/list-records.js';
export { COMPILED_THREAD, INTAKE_THREAD_FILE } from './intake-thread.js';
export { TrafficModule } from './traffic.module.js';
export { TrafficService } from './traffic.service.js';
