import { Module } from '@nestjs/common';
import { AgreementsModule } from '../agreements/index.js';
import { JobsModule } from '../jobs/index.js';
import { LedgerModule } from '../ledger/index.js';
import { SettlementModule } from '../settlement/index.js';
import { IntegrityController } from './http/integrity.controller.js';
import { IntegrityMetrics } from './integrity-metrics.js';
import { IntegrityService } from './integrity.service.js';
import { IntegrityJob } from './jobs/integrity.job.js';
import { SealsService } from './seals.service.js';

/** Needs `HttpModule`, `AccessModule`, `SigningModule` and a `DatabaseModule` beside it. */
@Module({
  imports: [AgreementsModule, JobsModule, LedgerModule, SettlementModule],
  controllers: [IntegrityController],
  providers: [IntegrityJob, IntegrityMetrics, IntegrityService, SealsService],
  exports: [IntegrityService],
})
export class IntegrityModule {}
