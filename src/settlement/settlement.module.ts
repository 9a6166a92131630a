import { Module } from '@nestjs/common';
import { AgreementsModule } from '../agreements/index.js';
import { JobsModule } from '../jobs/index.js';
import { LedgerModule } from '../ledger/index.js';
import { ProvidersModule } from '../providers/index.js';
import { ReconciliationModule } from '../reconciliation/index.js';
import { TrafficModule } from '../traffic/index.js';
import { AccrualsService } from './accruals.service.js';
import { CloseService } from './close.service.js';
import { AdjustmentsService } from './adjustments.service.js';
import { CompositionService } from './composition.service.js';
import { CreditCheckService } from './credit-check.service.js';
import { CreditsService } from './credits.service.js';
import { DiscrepanciesService } from './discrepancies.service.js';
import { ExplanationService } from './explanation.service.js';
import { HistoryService } from './history.service.js';
import { DiscrepanciesController } from './http/discrepancies.controller.js';
import { ExplanationsController } from './http/explanations.controller.js';
import { PeriodsController } from './http/periods.controller.js';
import { RestatementsController } from './http/restatements.controller.js';
import { SimulationsController } from './http/simulations.controller.js';
import { SignaturesController } from './http/signatures.controller.js';
import { StatementLifeController } from './http/statement-life.controller.js';
import { StatementsController } from './http/statements.controller.js';
import { ClosePeriodJob } from './jobs/close-period.job.js';
import { DeemAcceptedJob } from './jobs/deem-accepted.job.js';
import { VerifyStatementJob } from './jobs/verify-statement.job.js';
import { RestatementService } from './restatement.service.js';
import { SignaturesService } from './signatures.service.js';
import { SimulationService } from './simulation.service.js';
import { StatementIntegrityService } from './statement-integrity.service.js';
import { StatementLifeService } from './statement-life.service.js';
import { StatementsService } from './statements.service.js';
import { VerificationService } from './verification.service.js';
import { VoidService } from './void.service.js';
import { WithheldService } from './withheld.service.js';

@Module({
  imports: [AgreementsModule, JobsModule, LedgerModule, ProvidersModule, ReconciliationModule, TrafficModule],
  controllers: [
    DiscrepanciesController,
    ExplanationsController,
    PeriodsController,
    RestatementsController,
    SignaturesController,
    SimulationsController,
    StatementLifeController,
    StatementsController,
  ],
  providers: [
    AccrualsService,
    AdjustmentsService,
    ClosePeriodJob,
    CloseService,
    CompositionService,
    CreditCheckService,
    CreditsService,
    DeemAcceptedJob,
    DiscrepanciesService,
    ExplanationService,
    HistoryService,
    RestatementService,
    SignaturesService,
    SimulationService,
    StatementIntegrityService,
    StatementLifeService,
    StatementsService,
    VerificationService,
    VerifyStatementJob,
    VoidService,
    WithheldService,
  ],
  exports: [
    CloseService,
    CompositionService,
    HistoryService,
    StatementIntegrityService,
    StatementLifeService,
    StatementsService,
    WithheldService,
  ],
})
export class SettlementModule {}
