import { Module } from '@nestjs/common';
import { AgreementsModule } from '../agreements/index.js';
import { JobsModule } from '../jobs/index.js';
import { ProvidersModule } from '../providers/index.js';
import { ReconciliationModule } from '../reconciliation/index.js';
import { SettlementModule } from '../settlement/index.js';
import { RenderingsController } from './http/renderings.controller.js';
import { RenderJob } from './jobs/render.job.js';
import { RenderingIntegrityService } from './rendering-integrity.service.js';
import { RenderingStore } from './rendering-store.js';
import { RenderingsService } from './renderings.service.js';

@Module({
  imports: [AgreementsModule, JobsModule, ProvidersModule, ReconciliationModule, SettlementModule],
  controllers: [RenderingsController],
  providers: [RenderingIntegrityService, RenderingStore, RenderingsService, RenderJob],
  exports: [RenderingIntegrityService],
})
export class RenderingsModule {}
