export type { BucketSides } from './sql/read-bucket-sides.js';
export type { CustomerSum } from './sql/read-customer-usage.js';
export { TrafficModule } from './traffic.module.js';
export { TrafficService } from './traffic.service.js';
