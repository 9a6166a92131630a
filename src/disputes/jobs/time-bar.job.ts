import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobRunner } from '../../jobs/index.js';
import { Config } from '../../platform/config/index.js';
import { OPERATOR } from '../../platform/database/index.js';
import { TimeBarService } from '../time-bar.service.js';

/** Looks out for disputes whose time is over. */
@Injectable()
export class TimeBarJob implements OnModuleInit {
  constructor(
    private readonly runner: JobRunner,
    private readonly timeBar: TimeBarService,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.runner.every(this.config.SCHEDULE_INTERVAL_S * 1000, OPERATOR, () =>
      this.timeBar.barLapsed(Date.now()),
    );
  }
}
