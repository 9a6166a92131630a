import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AgreementsService } from '../../agreements/index.js';
import { JobRunner } from '../../jobs/index.js';
import { Config } from '../../platform/config/index.js';
import { OPERATOR } from '../../platform/database/index.js';
import { CLOSE_PERIOD, CloseService } from '../close.service.js';

/** Closes periods in the worker, and looks out for those whose cut-off has passed. */
@Injectable()
export class ClosePeriodJob implements OnModuleInit {
  constructor(
    private readonly runner: JobRunner,
    private readonly agreements: AgreementsService,
    private readonly closing: CloseService,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.runner.handle(CLOSE_PERIOD, {
      actsFor: (subject) => this.agreements.tenantOf(partsOf(subject).agreementId),
      run: async (subject, report) => {
        const { agreementId, period } = partsOf(subject);
        await report(0, 1);
        const { statementId, number } = await this.closing.close(agreementId, period, Date.now());
        return { statement: statementId, number, url: `/v1/statements/${statementId}` };
      },
    });
    this.runner.every(this.config.SCHEDULE_INTERVAL_S * 1000, OPERATOR, () =>
      this.closing.requestDue(Date.now()),
    );
  }
}

function partsOf(subject: string): { agreementId: string; period: string } {
  const [agreementId, period] = subject.split('/') as [string, string];
  return { agreementId, period };
}
