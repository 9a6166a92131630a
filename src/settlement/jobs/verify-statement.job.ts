import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobRunner } from '../../jobs/index.js';
import { VERIFY_STATEMENT, VerificationService } from '../verification.service.js';

/** Verifies statements in the worker. */
@Injectable()
export class VerifyStatementJob implements OnModuleInit {
  constructor(
    private readonly runner: JobRunner,
    private readonly verification: VerificationService,
  ) {}

  onModuleInit(): void {
    this.runner.handle(VERIFY_STATEMENT, async (subject, report) => {
      const [statementId, viewerId] = subject.split('/') as [string, string | undefined];
      await report(0, 1);
      return { ...(await this.verification.verify(statementId, viewerId || null)) };
    });
  }
}
