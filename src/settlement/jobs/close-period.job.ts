import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobRunner } from '../../jobs/index.js';
import { Config } from '../../platform/config/index.js';
import { CLOSE_PERIOD, CloseService } from '../close.service.js';

/** Closes periods in the worker, and looks out for those whose cut-off has passed. */
@Injectable()
export class ClosePeriodJob implements OnModuleInit {
  constructor(
    private readonly runner: JobRunner,
    private readonly closing: CloseService,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.runner.handle(CLOSE_PERIOD, async (subject, report) => {
      const [agreementId, period] = subject.split('/') as [string, string];
      await report(0, 1);
      const { statementId, number } = await this.closing.close(agreementId, period, Date.now());
      return { statement: statementId, number, url: `/v1/statements/${statementId}` };
    });
    this.runner.every(this.config.SCHEDULE_INTERVAL_S * 1000, () => this.closing.requestDue(Date.now()));
  }
}
