import { Module, type DynamicModule } from '@nestjs/common';
import { Database, StreamDatabase } from './database.js';

/** Makes the database injectable everywhere by its class, and the pool for batches by its own. Whoever connected it closes it. */
@Module({})
export class DatabaseModule {
  static forRoot(database: Database, streams?: StreamDatabase): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [
        { provide: Database, useValue: database },
        ...(streams ? [{ provide: StreamDatabase, useValue: streams }] : []),
      ],
      exports: [Database, ...(streams ? [StreamDatabase] : [])],
    };
  }
}
