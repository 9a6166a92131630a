import { Module, type DynamicModule } from '@nestjs/common';
import { Database } from './database.js';

/** Makes the one `Database` injectable everywhere by its class. Whoever connected it closes it. */
@Module({})
export class DatabaseModule {
  static forRoot(database: Database): DynamicModule {
    return {
      module: DatabaseModule,
      global: true,
      providers: [{ provide: Database, useValue: database }],
      exports: [Database],
    };
  }
}
