import { Module } from '@nestjs/common';
import { AgreementsModule } from '../agreements/index.js';
import { LedgerModule } from '../ledger/index.js';
import { ProvidersModule } from '../providers/index.js';
import { SettlementModule } from '../settlement/index.js';
import { NettingController } from './http/netting.controller.js';
import { PaymentsController } from './http/payments.controller.js';
import { PaidStatementsService } from './paid-statements.service.js';
import { NettingService } from './netting.service.js';
import { PaymentsService } from './payments.service.js';

/** Needs `HttpModule`, `AccessModule` and a `DatabaseModule` beside it. */
@Module({
  imports: [AgreementsModule, LedgerModule, ProvidersModule, SettlementModule],
  controllers: [NettingController, PaymentsController],
  providers: [NettingService, PaidStatementsService, PaymentsService],
  exports: [PaymentsService],
})
export class PaymentsModule {}
