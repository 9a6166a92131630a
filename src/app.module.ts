import { Module, type DynamicModule } from '@nestjs/common';
import { AccessModule } from './access/index.js';
import { AgreementsModule } from './agreements/index.js';
import { DisputesModule } from './disputes/index.js';
import { IntegrityModule } from './integrity/index.js';
import { JobsModule } from './jobs/index.js';
import { LedgerModule } from './ledger/index.js';
import { PaymentsModule } from './payments/index.js';
import { Config } from './platform/config/index.js';
import { Database, DatabaseModule, type StreamDatabase } from './platform/database/index.js';
import { HttpModule } from './platform/http/index.js';
import { JobQueue } from './platform/queue/index.js';
import { SigningModule } from './platform/signing/index.js';
import { ProvidersModule } from './providers/index.js';
import { ReconciliationModule } from './reconciliation/index.js';
import { RenderingsModule } from './renderings/index.js';
import { SettlementModule } from './settlement/index.js';
import { COMPILED_THREAD, INTAKE_THREAD_FILE, TrafficModule } from './traffic/index.js';

/** What every room may ask for; whoever made it closes it. */
export interface Resources {
  config: Config;
  database: Database;
  streams: StreamDatabase;
  queue: JobQueue;
  /** The compiled code of the thread that reads batches, where it is not beside the running one. */
  intakeThread?: URL;
}

/** Every room of the service. */
@Module({})
export class AppModule {
  static forRoot({
    config,
    database,
    streams,
    queue,
    intakeThread = COMPILED_THREAD,
  }: Resources): DynamicModule {
    return {
      module: AppModule,
      global: true,
      imports: [
        DatabaseModule.forRoot(database, streams),
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
        RenderingsModule,
        PaymentsModule,
        IntegrityModule,
      ],
      providers: [
        { provide: Config, useValue: config },
        { provide: JobQueue, useValue: queue },
        { provide: INTAKE_THREAD_FILE, useValue: intakeThread },
      ],
      exports: [Config, JobQueue, INTAKE_THREAD_FILE],
    };
  }
}
