import { Module } from '@nestjs/common';
import { AgreementsModule } from '../agreements/index.js';
import { ProvidersModule } from '../providers/index.js';
import { CustomerSecretsService } from './customer-secrets.service.js';
import { CustomersService } from './customers.service.js';
import { BatchesController } from './http/batches.controller.js';
import { CustomersController } from './http/customers.controller.js';
import { RecordsController } from './http/records.controller.js';
import { IngestService } from './ingest.service.js';
import { IntakeThread } from './intake-thread.js';
import { TrafficService } from './traffic.service.js';

@Module({
  imports: [AgreementsModule, ProvidersModule],
  controllers: [BatchesController, CustomersController, RecordsController],
  providers: [CustomerSecretsService, CustomersService, IngestService, IntakeThread, TrafficService],
  exports: [CustomerSecretsService, CustomersService, TrafficService],
})
export class TrafficModule {}
