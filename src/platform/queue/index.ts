export {
  JobQueue,
  QueueUnreachableError,
  type JobQueueOptions,
  type QueuedJob,
  type RunningWorker,
} from './job-queue.js';
