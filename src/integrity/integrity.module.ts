import { Module } from '@nestjs/common';
import { AgreementsModule } from '../agreements/index.js';
import { DisputesModule } from '../disputes/index.js';
import { JobsModule } from '../jobs/index.js';
import { LedgerModule } from '../ledger/index.js';
import { RenderingsModule } from '../renderings/index.js';
import { SettlementModule } from '../settlement/index.js';
import { TrafficModule } from '../traffic/index.js';
import { IntegrityController } from './http/integrity.controller.js';
import { RecordProofsController } from './http/record-proofs.controller.js';
import { IntegrityMetrics } from './integrity-metrics.js';
import { IntegrityService } from './integrity.service.js';
import { IntegrityJob } from './jobs/integrity.job.js';
import { RecordProofsService } from './record-proofs.service.js';
import { SealsService } from './seals.service.js';

/** Needs `HttpModule`, `AccessModule`, `SigningModule` and a `DatabaseModule` beside it. */
@Module({
  imports: [
    AgreementsModule,
    DisputesModule,
    JobsModule,
    LedgerModule,
    RenderingsModule,
    SettlementModule,
    TrafficModule,
  ],
  controllers: [IntegrityController, RecordProofsController],
  providers: [IntegrityJob, IntegrityMetrics, IntegrityService, RecordProofsService, SealsService],
  exports: [IntegrityService],
})
export class IntegrityModule {}
