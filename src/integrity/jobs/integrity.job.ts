import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobRunner } from '../../jobs/index.js';
import { Config } from '../../platform/config/index.js';
import { OPERATOR } from '../../platform/database/index.js';
import { IntegrityService } from '../integrity.service.js';

/** Looks every so often whether it is time to check everything again; of several workers one does. */
@Injectable()
export class IntegrityJob implements OnModuleInit {
  constructor(
    private readonly runner: JobRunner,
    private readonly integrity: IntegrityService,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    const interval_ms = this.config.INTEGRITY_INTERVAL_S * 1000;
    this.runner.every(Math.min(interval_ms, this.config.SCHEDULE_INTERVAL_S * 1000), OPERATOR, () =>
      this.integrity.verifyOnSchedule(interval_ms),
    );
  }
}
