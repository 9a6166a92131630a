export { JobRunner, type JobHandler, type ReportProgress } from './job-runner.js';
export { JobsModule } from './jobs.module.js';
export { JobsService, type EnqueuedJob } from './jobs.service.js';
export { JobView, showJob } from './http/job.view.js';
export type { JobRow } from './sql/job-row.js';
