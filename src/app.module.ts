import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule } from './access/index.js';
import { AgreementsModule } from './agreements/index.js';
import { DisputesModule } from './disputes/index.js';
import { JobsModule } from './jobs/index.js';
import { LedgerModule } from './ledger/index.js';
import { PaymentsModule } from './payments/index.js';
import { Config } from './platform/config/index.js';
import { Database, DatabaseModule } from './platform/database/index.js';
import { HttpModule } from './platform/http/index.js';
import { JobQueue } from './platform/queue/index.js';
import { SigningModule } from './platform/signing/index.js';
import { ProvidersModule } from './providers/index.js';
import { ReconciliationModule } from './reconciliation/index.js';
import { SettlementModule } from './settlement/index.js';
import { TrafficModule } from './traffic/index.js';

/** What every room may ask for; whoever made it closes it. */
export interface Resources {
  config: Config;
  database: Database;
  queue: JobQueue;
}

/** Every room of the service. */
@Module({})
export class AppModule {
  static forRoot({ config, database, queue }: Resources): DynamicModule {
    return {
      module: AppModule,
      global: true,
      imports: [
        DatabaseModule.forRoot(database),
        HttpModule,
        SigningModule,
        AccessModule,
        ProvidersModule,
        AgreementsModule,
        TrafficModule,
        ReconciliationModule,
        LedgerModule,
        JobsModule,
        SettlementModule,
        DisputesModule,
        PaymentsModule,
      ],
      providers: [
        { provide: Config, useValue: config },
        { provide: JobQueue, useValue: queue },
      ],
      exports: [Config, JobQueue],
    };
  }
}
