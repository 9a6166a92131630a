import { Module } from '@nestjs/common';
import { AgreementsModule } from '../agreements/index.js';
import { JobsModule } from '../jobs/index.js';
import { LedgerModule } from '../ledger/index.js';
import { ReconciliationModule } from '../reconciliation/index.js';
import { SettlementModule } from '../settlement/index.js';
import { DisputeLog } from './dispute-log.service.js';
import { DisputeRecord } from './dispute-record.service.js';
import { DisputeHistory } from './dispute-history.service.js';
import { DisputesService } from './disputes.service.js';
import { DisputesController } from './http/disputes.controller.js';
import { TimeBarJob } from './jobs/time-bar.job.js';
import { ProposalService } from './proposal.service.js';
import { RaisingService } from './raising.service.js';
import { TimeBarService } from './time-bar.service.js';

@Module({
  imports: [AgreementsModule, JobsModule, LedgerModule, ReconciliationModule, SettlementModule],
  controllers: [DisputesController],
  providers: [
    DisputeHistory,
    DisputeLog,
    DisputeRecord,
    DisputesService,
    ProposalService,
    RaisingService,
    TimeBarJob,
    TimeBarService,
  ],
  exports: [DisputeLog],
})
export class DisputesModule {}
