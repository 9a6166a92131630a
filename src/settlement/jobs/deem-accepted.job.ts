import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobRunner } from '../../jobs/index.js';
import { Config } from '../../platform/config/index.js';
import { OPERATOR } from '../../platform/database/index.js';
import { StatementLifeService } from '../statement-life.service.js';

/** Looks out for statements that silence has accepted. */
@Injectable()
export class DeemAcceptedJob implements OnModuleInit {
  constructor(
    private readonly runner: JobRunner,
    private readonly life: StatementLifeService,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.runner.every(this.config.SCHEDULE_INTERVAL_S * 1000, OPERATOR, () => this.life.deemDue(Date.now()));
  }
}
