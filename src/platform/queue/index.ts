export { JobQueue, type JobQueueOptions, type QueuedJob, type RunningWorker } from './job-queue.js';
