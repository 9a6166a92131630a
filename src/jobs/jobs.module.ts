import { Module } from '@nestjs/common';
import { JobsController } from './http/jobs.controller.js';
import { JobRunner } from './job-runner.js';
import { JobsService } from './jobs.service.js';

/** `JobQueue`, `Database` and `Config` come from the application. */
@Module({
  controllers: [JobsController],
  providers: [JobRunner, JobsService],
  exports: [JobRunner, JobsService],
})
export class JobsModule {}
