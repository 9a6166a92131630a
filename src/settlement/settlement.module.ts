import { Module } from '@nestjs/common';
import { AgreementsModule } from '../agreements/index.js';
import { JobsModule } from '../jobs/index.js';
import { LedgerModule } from '../ledger/index.js';
import { ProvidersModule } from '../providers/index.js';
import { ReconciliationModule } from '../reconciliation/index.js';
import { TrafficModule } from '../traffic/index.js';
import { CloseService } from './close.service.js';
import { CompositionService } from './composition.service.js';
import { PeriodsController } from './http/periods.controller.js';
import { RenderingsController } from './http/renderings.controller.js';
import { StatementsController } from './http/statements.controller.js';
import { ClosePeriodJob } from './jobs/close-period.job.js';
import { StatementsService } from './statements.service.js';

@Module({
  imports: [AgreementsModule, JobsModule, LedgerModule, ProvidersModule, ReconciliationModule, TrafficModule],
  controllers: [PeriodsController, RenderingsController, StatementsController],
  providers: [ClosePeriodJob, CloseService, CompositionService, StatementsService],
})
export class SettlementModule {}
