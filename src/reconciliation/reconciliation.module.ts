import { Module } from '@nestjs/common';
import { AgreementsModule } from '../agreements/index.js';
import { TrafficModule } from '../traffic/index.js';
import { ReconciliationController } from './http/reconciliation.controller.js';
import { ReconciliationService } from './reconciliation.service.js';

@Module({
  imports: [AgreementsModule, TrafficModule],
  controllers: [ReconciliationController],
  providers: [ReconciliationService],
  exports: [ReconciliationService],
})
export class ReconciliationModule {}
